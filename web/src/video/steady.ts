/**
 * Steadies a video's answers: each class's score is an exponential moving average over the frames.
 *
 * When the scene cuts, the average starts anew, so that a new subject is named at once. A frame is a
 * cut when it is sure of something and shares little with the average; a blurred frame, which is
 * sure of nothing, only blends in.
 */
import type { Answer, Classification, Prediction } from '../types.js';

export interface SteadyOptions {
  /** Weight of the newest frame, above 0 and at most 1. */
  readonly smoothing: number;
  readonly topK: number;
  /** Averages below this are not answered. */
  readonly threshold: number;
}

/** A frame shares less than this part of its scores with the average: another scene. */
const CUT_SHARED = 0.2;
/** A frame's best score from which it may be a cut. */
const CUT_SURE = 0.5;
/** An average that has faded to this is forgotten: it could no longer be told from nothing. */
const FADED = 1e-4;
/**
 * A class is answered while at least this much of the weight lies on frames that answered it. So a
 * tagger's label, which is in a frame's answer or not by its own threshold, neither flickers nor stays.
 */
const PRESENT = 0.5;

interface Average {
  /** As last seen; only the score is averaged. */
  prediction: Prediction;
  score: number;
  /** Weight of the frames that answered this class, 0 to 1. */
  present: number;
}

export class Steady {
  #averages = new Map<number, Average>();
  /** By id; '' for what could not be told. */
  #answers = new Map<string, { answer: Answer; weight: number }>();

  constructor(private readonly options: SteadyOptions) {}

  /** Forgets all frames. */
  reset(): void {
    this.#averages.clear();
    this.#answers.clear();
  }

  /** Takes the next frame's answer and gives the steadied one; what it says of the picture is the frame's. */
  add(frame: Classification): Classification {
    if (this.#isCut(frame.predictions)) this.reset();
    this.#blend(frame.predictions);
    const answer = this.#said(frame.answer);
    const { topK, threshold } = this.options;
    const predictions = [...this.#averages.values()]
      .filter(({ score, present }) => score >= threshold && present >= PRESENT)
      .map(({ prediction, score }) => ({ ...prediction, score }))
      .sort((a, b) => b.score - a.score || a.index - b.index)
      .slice(0, topK);
    return { ...frame, predictions, answer };
  }

  #isCut(predictions: readonly Prediction[]): boolean {
    let best = 0;
    let sum = 0;
    let shared = 0;
    for (const { index, score } of predictions) {
      best = Math.max(best, score);
      sum += score;
      shared += Math.min(score, this.#averages.get(index)?.score ?? 0);
    }
    return best >= CUT_SURE && shared < CUT_SHARED * sum;
  }

  /** What most of the recent frames said, by their weight, as last said. */
  #said(answer: Answer): Answer {
    const weight = this.#answers.size === 0 ? 1 : this.options.smoothing;
    for (const said of this.#answers.values()) said.weight *= 1 - weight;
    const key = answer.id ?? '';
    this.#answers.set(key, { answer, weight: (this.#answers.get(key)?.weight ?? 0) + weight });
    let most = 0;
    let steady = answer;
    for (const [key, said] of this.#answers) {
      if (said.weight < FADED) this.#answers.delete(key);
      if (said.weight > most) {
        most = said.weight;
        steady = said.answer;
      }
    }
    return steady;
  }

  /** A class that the frame does not answer counts as 0 in it. */
  #blend(predictions: readonly Prediction[]): void {
    // The first frame is the average, not a part of it.
    const weight = this.#averages.size === 0 ? 1 : this.options.smoothing;
    for (const average of this.#averages.values()) {
      average.score *= 1 - weight;
      average.present *= 1 - weight;
    }
    for (const prediction of predictions) {
      const { index, score } = prediction;
      const old = this.#averages.get(index);
      this.#averages.set(index, {
        prediction,
        score: (old?.score ?? 0) + weight * score,
        present: (old?.present ?? 0) + weight,
      });
    }
    for (const [index, { score }] of this.#averages) {
      if (score < FADED) this.#averages.delete(index);
    }
  }
}
