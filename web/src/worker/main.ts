/** The browser's worker, with the core's own engine. */
import { openShiwuRunner } from '../model/shiwu-runner.js';
import type { Request } from './protocol.js';
import { serve } from './serve.js';
import { sayStarted } from './started.js';

const answer = serve(openShiwuRunner, (reply) => self.postMessage(reply));
self.addEventListener('message', ({ data }: MessageEvent<Request>) => answer(data));
sayStarted();
