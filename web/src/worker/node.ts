/** Node's worker thread, with the core's own engine. */
import { parentPort } from 'node:worker_threads';
import { openShiwuRunner } from '../model/shiwu-runner.js';
import type { Request } from './protocol.js';
import { serve } from './serve.js';

const answer = serve(openShiwuRunner, (reply) => parentPort?.postMessage(reply));
parentPort?.on('message', (request: Request) => answer(request));
