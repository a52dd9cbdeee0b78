/** The browser's worker, with ONNX Runtime. */
import { openOrtRunner } from '../model/ort-runner.js';
import { type Request, STARTED } from './protocol.js';
import { serve } from './serve.js';

const answer = serve(openOrtRunner, (reply) => self.postMessage(reply));
self.addEventListener('message', ({ data }: MessageEvent<Request>) => answer(data));
self.postMessage(STARTED);
