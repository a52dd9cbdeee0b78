/** The browser's worker, with the core's own engine. */
import { openShiwuRunner } from '../model/shiwu-runner.js';
import { type Request, STARTED } from './protocol.js';
import { serve } from './serve.js';

const answer = serve(openShiwuRunner, (reply) => self.postMessage(reply));
self.addEventListener('message', ({ data }: MessageEvent<Request>) => answer(data));
self.postMessage(STARTED);
