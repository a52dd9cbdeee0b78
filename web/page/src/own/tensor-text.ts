import type { TensorInfo } from 'shiwu';

/** `image float32 [N, 3, 224, 224]`, a line for each, with the softmax or sigmoid that it has gone through. */
export function tensorText(tensors: readonly TensorInfo[]): string {
  return tensors
    .map(
      ({ name, type, shape, activation }) =>
        `${name} ${type} [${shape.join(', ')}]${activation ? ` · ${activation}` : ''}`,
    )
    .join('\n');
}
