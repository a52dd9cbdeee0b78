/** Where the network looked, what a point shows, and several things in one photo. */
import './where.css';

export { Layer } from './layer.js';
export { SeveralThings } from './several.js';
export {
  findSeveral,
  pin,
  pinFirst,
  pinned,
  preview,
  several,
  steer,
  tap,
  unpin,
} from './state.js';
