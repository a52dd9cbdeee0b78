import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fileSize } from '../../answer/format.js';
import { recallModel, remembered } from '../../own/store.js';
import { model, noGpu, refreshInfo } from '../../state/classifier.js';
import { inOneFile } from '../../state/edition.js';
import { exchange, exchangeModel, reopenModel } from '../../state/exchange.js';
import { told } from '../../state/language.js';
import {
  BACKENDS,
  type BackendChoice,
  backendChoice,
  ENGINES,
  type EngineChoice,
  engineChoice,
  MODELS,
  type ModelChoice,
  modelChoice,
} from '../../state/preferences.js';
import { Choice } from '../../view/choice.js';
import { words } from '../words.js';

/** What has been chosen and is still on its way. */
const wanted = signal<ModelChoice | 'own' | null>(null);

type Asked = 'model' | 'engine' | 'backend';

/** Which choice a failure answers; a model that was put in elsewhere is one of the models. */
const asked = signal<Asked>('model');

/** Which model, and what runs it. */
export function ModelSection() {
  const said = words.value;
  const state = model.value;
  const changing = exchange.value?.kind === 'loading';
  const own = state.kind === 'ready' && state.own;
  const mine = remembered.value;
  // One's own may have been erased on its way.
  const isThere = (value: ModelChoice | 'own' | null) => (value === 'own' && !mine ? null : value);
  useEffect(() => {
    if (remembered.value === undefined) void recallModel();
    void refreshInfo();
  }, []);
  return (
    <>
      {(!inOneFile || mine) && (
        <Choice
          legend={said.model}
          name="model"
          values={mine ? [...MODELS, 'own' as const] : MODELS}
          value={(changing && isThere(wanted.value)) || (own ? 'own' : modelChoice.value)}
          text={(value) =>
            value === 'own'
              ? [said.own, mine ? said.ownModel(mine.file.name, fileSize(mine.file.size)) : '']
              : inOneFile
                ? said.inside
                : said.models[value]
          }
          disabled={changing}
          onChoose={chooseModel}
        />
      )}
      <Refused of="model" />
      {inOneFile && (
        <section class="setting" data-testid="only-inside">
          {!mine && <h3 class="setting-title">{said.model}</h3>}
          <p class="setting-more">{said.onlyInside}</p>
        </section>
      )}
      <Choice
        legend={said.engine}
        name="engine"
        values={ENGINES}
        value={engineChoice.value}
        text={(value) => said.engines[value]}
        disabled={changing}
        onChoose={chooseEngine}
      />
      <Refused of="engine" />
      {!inOneFile && (
        <Choice
          legend={said.backend}
          name="backend"
          values={BACKENDS}
          value={backendChoice.value}
          text={(value) => said.backends[value]}
          disabled={changing}
          onChoose={chooseBackend}
        />
      )}
      <Refused of="backend" />
      <div class="setting-now" role="status">
        {noGpu.value && (
          <p class="setting-refused" data-testid="no-gpu">
            {said.noGpu(noGpu.value)}
          </p>
        )}
        <p class="setting-more" data-testid="now">
          {now()}
        </p>
      </div>
    </>
  );
}

/** Right under the choice that did not take. */
function Refused({ of }: { of: Asked }) {
  const change = exchange.value;
  return (
    <div class="setting-answer" role="status">
      {change?.kind === 'failed' && asked.value === of && (
        <p class="setting-refused" data-testid={`refused-${of}`}>
          {told(change.failure)}
        </p>
      )}
    </div>
  );
}

function now(): string {
  const said = words.value;
  if (exchange.value?.kind === 'loading') return said.changing;
  if (model.value.kind !== 'ready') return '';
  const { info } = model.value;
  const [backend = ''] = said.backends[info.backend];
  return said.now(told(info.model.name), said.engineNames[info.engine], backend, info.threads);
}

async function chooseModel(value: ModelChoice | 'own'): Promise<void> {
  asked.value = 'model';
  wanted.value = value;
  const before = modelChoice.value;
  if (value !== 'own') modelChoice.value = value;
  const own = value === 'own' ? (remembered.value ?? null) : null;
  // What cannot be had is not asked for at every visit.
  if (!(await exchangeModel(own))) modelChoice.value = before;
  if (wanted.value === value) wanted.value = null;
}

async function chooseEngine(value: EngineChoice): Promise<void> {
  asked.value = 'engine';
  const before = engineChoice.value;
  engineChoice.value = value;
  if (!(await reopenModel())) engineChoice.value = before;
}

async function chooseBackend(value: BackendChoice): Promise<void> {
  asked.value = 'backend';
  const before = backendChoice.value;
  backendChoice.value = value;
  if (!(await reopenModel())) backendChoice.value = before;
  // What runs is what is shown as chosen; and what this device lacks is not fetched at every visit.
  else if (value === 'webgpu' && noGpu.value) backendChoice.value = 'wasm';
}
