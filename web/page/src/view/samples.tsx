import { copy } from '../copy/index.js';
import { siteFile } from '../input/site-file.js';
import { photoFromUrl } from '../state/photo.js';
import { examine, specimen } from '../state/specimen.js';

const NAMES = ['cat', 'dogs', 'coffee', 'brushes'] as const;

type SampleName = (typeof NAMES)[number];

/** Photos of this site to try the page with. */
export function Samples() {
  const words = copy.value;
  const first = specimen.value.kind === 'empty';
  return (
    <section class="samples" aria-labelledby="samples-title">
      <h2 id="samples-title" class="samples-title">
        {first ? words.samples : words.samplesAgain}
      </h2>
      <ul class="samples-row">
        {NAMES.map((name) => (
          <li key={name}>
            <Sample name={name} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sample({ name }: { name: SampleName }) {
  const url = siteFile(`samples/${name}.jpg`);
  const what = copy.value.sampleNames[name];
  return (
    <button
      type="button"
      class="sample"
      data-testid={`sample-${name}`}
      aria-label={copy.value.sample(what)}
      onClick={() => {
        examine(photoFromUrl(url, what, true));
        document.querySelector('.specimen')?.scrollIntoView({ block: 'nearest' });
      }}
    >
      <img
        src={siteFile(`samples/${name}.small.webp`)}
        alt=""
        width="160"
        height="120"
        loading="lazy"
        decoding="async"
      />
    </button>
  );
}
