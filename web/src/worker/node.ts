/** Node's worker thread. */
import { parentPort } from 'node:worker_threads';
import type { Request } from './protocol.js';
import { serve } from './serve.js';

const answer = serve((reply) => parentPort?.postMessage(reply));
parentPort?.on('message', (request: Request) => answer(request));
