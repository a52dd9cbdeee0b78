/**
 * Defines `<shiwu-classifier>`, for pages without a build step:
 *
 * ```html
 * <script type="module" src="node_modules/shiwu/dist/element.js"></script>
 * <shiwu-classifier></shiwu-classifier>
 * ```
 *
 * @packageDocumentation
 */
import { ShiwuClassifierElement, type ShiwuClassifierEventMap } from './element.js';

export { ShiwuClassifierElement, type ShiwuClassifierEventMap };

declare global {
  interface HTMLElementTagNameMap {
    'shiwu-classifier': ShiwuClassifierElement;
  }
  interface HTMLElementEventMap extends ShiwuClassifierEventMap {}
}

// Not on a server, and not twice where two copies of the package meet.
if (globalThis.customElements && !customElements.get('shiwu-classifier')) {
  customElements.define('shiwu-classifier', ShiwuClassifierElement);
}
