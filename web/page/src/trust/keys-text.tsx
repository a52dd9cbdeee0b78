import { words } from './words.js';

/** The keys of the photo's room. */
export function KeysText() {
  return (
    <dl class="knows keys" data-testid="keys">
      {words.value.keys.list.map(([key, text]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
