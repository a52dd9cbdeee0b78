/** dist/heic-worker.js: bundlers put the user's own libheif-js into it. */
/// <reference path="./libheif-js.d.ts" />
import factory from 'libheif-js/libheif-wasm/libheif-bundle.mjs';
import { serve } from './serve.js';

serve(async () => factory);
