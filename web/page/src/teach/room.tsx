import './teach.css';
import { Doubt } from './doubt.js';
import { LessonsSheet } from './lessons-sheet.js';

/** What it takes to teach: the question what a photo shows instead, and the sheet for new things. */
export function Teaching() {
  return (
    <>
      <Doubt />
      <LessonsSheet />
    </>
  );
}
