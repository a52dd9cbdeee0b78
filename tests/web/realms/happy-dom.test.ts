// @vitest-environment happy-dom
import { namesEverything } from './named.js';

await namesEverything('happy-dom');
