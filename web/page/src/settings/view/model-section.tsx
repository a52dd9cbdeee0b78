import { model } from '../../state/classifier.js';
import { inOneFile } from '../../state/edition.js';
import { exchange, exchangeModel, reopenModel } from '../../state/exchange.js';
import { language } from '../../state/language.js';
import {
  BACKENDS,
  type BackendChoice,
  backendChoice,
  MODELS,
  type ModelChoice,
  modelChoice,
} from '../../state/preferences.js';
import { words } from '../words.js';
import { Choice } from './choice.js';

/** Which model, and what runs it. */
export function ModelSection() {
  const said = words.value;
  const state = model.value;
  const changing = exchange.value?.kind === 'loading';
  const own = state.kind === 'ready' && state.own;
  return (
    <>
      {inOneFile ? (
        <section class="setting" data-testid="only-inside">
          <h3 class="setting-title">{said.model}</h3>
          <p class="setting-more">{said.onlyInside}</p>
        </section>
      ) : (
        <Choice
          legend={said.model}
          name="model"
          values={MODELS}
          value={own ? null : modelChoice.value}
          text={(value) => pair(said.models[value])}
          disabled={changing}
          onChoose={chooseModel}
        />
      )}
      {own && (
        <p class="setting-more">
          {said.ownModel(state.info.model.name[language.value])}{' '}
          <button
            type="button"
            class="button-text"
            data-testid="site-model"
            onClick={() => exchangeModel(null)}
          >
            {said.back}
          </button>
        </p>
      )}
      {!inOneFile && (
        <Choice
          legend={said.backend}
          name="backend"
          values={BACKENDS}
          value={backendChoice.value}
          text={(value) => pair(said.backends[value])}
          disabled={changing}
          onChoose={chooseBackend}
        />
      )}
      <p class="setting-now" role="status" data-testid="now">
        {now()}
      </p>
    </>
  );
}

const pair = ([title = '', more = '']: readonly string[]): [string, string] => [title, more];

function now(): string {
  const said = words.value;
  const change = exchange.value;
  if (change?.kind === 'loading') return said.changing;
  if (change?.kind === 'failed') return change.failure[language.value];
  if (model.value.kind !== 'ready') return '';
  const { info } = model.value;
  const [backend = ''] = said.backends[info.backend];
  return said.now(info.model.name[language.value], backend, info.threads);
}

async function chooseModel(value: ModelChoice): Promise<void> {
  const before = modelChoice.value;
  modelChoice.value = value;
  // What cannot be had is not asked for at every visit.
  if (!(await exchangeModel(null))) modelChoice.value = before;
}

async function chooseBackend(value: BackendChoice): Promise<void> {
  const before = backendChoice.value;
  backendChoice.value = value;
  if (!(await reopenModel())) backendChoice.value = before;
}
