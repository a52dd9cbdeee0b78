/** The browser's worker, with ONNX Runtime. */
import { openOrtRunner } from '../model/ort-runner.js';
import type { Request } from './protocol.js';
import { serve } from './serve.js';
import { sayStarted } from './started.js';

const answer = serve(openOrtRunner, (reply) => self.postMessage(reply));
self.addEventListener('message', ({ data }: MessageEvent<Request>) => answer(data));
sayStarted();
