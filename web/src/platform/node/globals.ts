/**
 * Node's own, in the place of the globals of these names throughout the Node build: Jest's jsdom takes them away, and
 * other test runners put others there.
 */
export { DecompressionStream } from 'node:stream/web';
export { TextDecoder, TextEncoder } from 'node:util';
export { MessageChannel } from 'node:worker_threads';
