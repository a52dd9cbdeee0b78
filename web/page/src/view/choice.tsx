interface Props<T extends string> {
  readonly legend: string;
  readonly name: string;
  readonly values: readonly T[];
  readonly value: T | null;
  /** What a value is called, and a word more. */
  readonly text: (value: T) => readonly (string | undefined)[];
  readonly disabled?: boolean;
  readonly onChoose: (value: T) => void;
}

/** One of a few, all in sight. */
export function Choice<T extends string>(props: Props<T>) {
  const { legend, name, values, value, text, disabled = false, onChoose } = props;
  return (
    <fieldset class="choice" disabled={disabled}>
      <legend class="setting-title">{legend}</legend>
      <div class="choice-row">
        {values.map((one) => {
          const [title = '', more] = text(one);
          return (
            <label class="choice-one" key={one}>
              <input
                type="radio"
                name={name}
                checked={one === value}
                data-testid={`${name}-${one}`}
                onChange={() => onChoose(one)}
              />
              <span>
                <strong>{title}</strong>
                {more && <span class="choice-more">{more}</span>}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
