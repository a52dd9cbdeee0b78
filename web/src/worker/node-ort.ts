/** Node's worker thread, with ONNX Runtime. */
import { parentPort } from 'node:worker_threads';
import { openOrtRunner } from '../model/ort-runner.js';
import type { Request } from './protocol.js';
import { serve } from './serve.js';

const answer = serve(openOrtRunner, (reply) => parentPort?.postMessage(reply));
parentPort?.on('message', (request: Request) => answer(request));
