/**
 * A few workers with the same model. Each has one job at a time; jobs wait here, not in a worker, so
 * that a worker which dies or must be killed takes nobody else's work with it.
 */
import { ShiwuError } from '../errors.js';
import type { Parcel } from '../sources/payload.js';
import type { Classification } from '../types.js';
import type { ClassifySettings, Lesson, Taught, TaughtFile } from '../worker/protocol.js';
import { abortError } from './abort.js';
import type { WorkerClient } from './client.js';

/** Between two arrows a worker hears of a cancel; one that is deep inside a long one is ended after this. */
const MERCY_MS = 100;

export interface JobOptions {
  readonly settings: ClassifySettings;
  readonly askedAt: number;
  readonly signal: AbortSignal;
  /** Workers that may share the album which this picture belongs to; 1 for a picture of its own. */
  readonly workers: number;
}

/** What a worker is asked, and what becomes of it when none is. */
interface Task<T> extends Pick<JobOptions, 'signal' | 'workers'> {
  readonly ask: (client: WorkerClient) => Promise<T>;
  readonly discard: () => void;
}

interface Job extends Task<unknown> {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onAbort: () => void;
}

interface Member {
  readonly threads: number;
  /** undefined while it starts. */
  client: WorkerClient | undefined;
  job: Job | undefined;
}

export interface PoolOptions {
  /** A worker with the model in it. */
  readonly start: (threads: number) => Promise<WorkerClient>;
  /** Threads of an inference that has the processor to itself. */
  readonly threads: number;
  /** Milliseconds without work after which every worker ends. */
  readonly idleTimeout: number;
  /** Workers at most, whatever an album asks for. */
  readonly most: number;
}

export class Pool {
  readonly #members = new Set<Member>();
  readonly #queue: Job[] = [];
  /** No more workers could be started beside the present ones, which take whatever comes. */
  #full = false;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #stopped: ShiwuError | undefined;

  #idleTimeout: number;

  constructor(private readonly options: PoolOptions) {
    this.#idleTimeout = options.idleTimeout;
  }

  /** Workers that are alive or starting. */
  get size(): number {
    return this.#members.size;
  }

  /** Takes in a worker that was started outside. */
  adopt(client: WorkerClient, threads: number): void {
    const member: Member = { threads, client: undefined, job: undefined };
    this.#members.add(member);
    this.#ready(member, client);
  }

  classify(parcel: Parcel, options: JobOptions): Promise<Classification> {
    const { settings, askedAt, signal, workers } = options;
    return this.#do({
      ask: (client) => client.classify(parcel, settings, askedAt),
      discard: () => discard(parcel),
      signal,
      workers,
    });
  }

  teach(file: TaughtFile | undefined, lesson: Lesson, signal: AbortSignal): Promise<Taught> {
    return this.#do({
      ask: (client) => client.teach(file, lesson),
      discard: () => {},
      signal,
      workers: 1,
    });
  }

  #do<T>(task: Task<T>): Promise<T> {
    const { signal } = task;
    return new Promise((resolve, reject) => {
      const done = () => signal.removeEventListener('abort', job.onAbort);
      const job: Job = {
        ...task,
        resolve: (result) => {
          done();
          resolve(result as T);
        },
        reject: (error) => {
          done();
          reject(error);
        },
        onAbort: () => this.#abandon(job),
      };
      if (this.#stopped || signal.aborted) {
        job.discard();
        reject(this.#stopped ?? abortError(signal));
        return;
      }
      signal.addEventListener('abort', job.onAbort, { once: true });
      this.#queue.push(job);
      this.#pump();
    });
  }

  /** Finishes what it has and ends its workers. */
  retire(): void {
    this.#idleTimeout = 0;
    this.#restIfIdle();
  }

  /** Ends every worker; what waits rejects with `reason`. */
  stop(reason: ShiwuError): void {
    this.#stopped = reason;
    for (const job of this.#queue.splice(0)) {
      job.discard();
      job.reject(reason);
    }
    this.#endWorkers(reason);
  }

  #endWorkers(reason: ShiwuError): void {
    clearTimeout(this.#idleTimer);
    const members = [...this.#members];
    this.#members.clear();
    this.#full = false;
    for (const { client } of members) client?.stop(reason);
  }

  #pump(): void {
    clearTimeout(this.#idleTimer);
    // A picture of its own has somebody waiting for it; it goes before an album's next.
    this.#queue.sort((a, b) => Number(a.workers > 1) - Number(b.workers > 1));
    for (const job of [...this.#queue]) {
      const alone = job.workers === 1 || this.#full;
      const fit = [...this.#members].filter(({ threads }) => alone || threads === 1);
      const idle = fit.find(({ client, job: busy }) => client && !busy);
      if (idle) {
        this.#queue.splice(this.#queue.indexOf(job), 1);
        this.#run(idle, job);
      } else if (!this.#full && fit.length < Math.min(job.workers, this.options.most)) {
        this.#hire(job.workers > 1 ? 1 : this.options.threads);
      }
    }
    this.#restIfIdle();
  }

  #run(member: Member, job: Job): void {
    const client = member.client as WorkerClient;
    member.job = job;
    job
      .ask(client)
      .then(job.resolve, job.reject)
      .finally(() => {
        if (member.job === job) member.job = undefined;
        this.#pump();
      });
  }

  #hire(threads: number): void {
    const member: Member = { threads, client: undefined, job: undefined };
    this.#members.add(member);
    this.options.start(threads).then(
      (client) => this.#ready(member, client),
      (error: unknown) => this.#failedToStart(member, error),
    );
  }

  #ready(member: Member, client: WorkerClient): void {
    if (!this.#members.has(member)) {
      client.stop(this.#stopped ?? new ShiwuError('disposed'));
      return;
    }
    member.client = client;
    client.onEnd = () => {
      if (!this.#members.delete(member)) return;
      this.#full = false;
      this.#pump();
    };
    this.#pump();
  }

  #failedToStart(member: Member, error: unknown): void {
    if (!this.#members.delete(member)) return;
    if (this.#members.size > 0) {
      this.#full = true;
      this.#pump();
      return;
    }
    for (const job of this.#queue.splice(0)) {
      job.discard();
      job.reject(error);
    }
  }

  /** The caller has given up: told at once, whatever the worker does. */
  #abandon(job: Job): void {
    job.reject(abortError(job.signal));
    const at = this.#queue.indexOf(job);
    if (at >= 0) {
      this.#queue.splice(at, 1);
      job.discard();
      this.#restIfIdle();
      return;
    }
    const member = [...this.#members].find((one) => one.job === job);
    const client = member?.client;
    if (!client) return;
    client.cancel();
    setTimeout(() => {
      if (member.job === job) client.stop(new ShiwuError('aborted'));
    }, MERCY_MS);
  }

  #restIfIdle(): void {
    clearTimeout(this.#idleTimer);
    const idleTimeout = this.#idleTimeout;
    const working =
      this.#queue.length > 0 || [...this.#members].some(({ client, job }) => !client || job);
    // A delay of more than 2^31 ms would end at once.
    if (working || this.#members.size === 0 || idleTimeout > 2 ** 31 - 1) return;
    this.#idleTimer = setTimeout(() => this.#endWorkers(new ShiwuError('disposed')), idleTimeout);
    // Under Node a timer would keep the process alive; in browsers it is a number.
    if (typeof this.#idleTimer === 'object') (this.#idleTimer as { unref?(): void }).unref?.();
  }
}

/** Frees what a parcel that is not sent after all holds. */
function discard({ payload }: Parcel): void {
  if (payload.kind === 'bitmap') payload.bitmap.close();
}
