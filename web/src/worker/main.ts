/** The browser's worker. */
import type { Request } from './protocol.js';
import { serve } from './serve.js';

const answer = serve((reply) => self.postMessage(reply));
self.addEventListener('message', ({ data }: MessageEvent<Request>) => answer(data));
