// @vitest-environment jsdom
import { namesEverything } from './named.js';

await namesEverything('jsdom');
