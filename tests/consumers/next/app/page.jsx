// A server component may use what runs anywhere: the errors and their codes.
import { ShiwuError } from 'shiwu';
import { Namer } from './namer.jsx';

export default function Page() {
  return (
    <>
      <p>{new ShiwuError('empty-input').zh}</p>
      <Namer />
    </>
  );
}
