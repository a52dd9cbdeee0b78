/**
 * A few workers with the same model. Each has one job at a time; jobs wait here, not in a worker, so
 * that a worker which dies or must be killed takes nobody else's work with it.
 */
import { ShiwuError } from '../errors.js';
import type { Parcel } from '../sources/payload.js';
import type { Classification, Found } from '../types.js';
import type { ClassifySettings } from '../worker/protocol.js';
import { abortError } from './abort.js';
import type { WorkerClient } from './client.js';

/** Between two arrows a worker hears of a cancel; one that is deep inside a long one is ended after this. */
const MERCY_MS = 100;

/** Without work so long, the workers that only an album needed end: the next picture is one's, and another starts in 0.1 s. */
const ALBUM_OVER_MS = 2000;

export interface JobOptions {
  readonly settings: ClassifySettings;
  readonly askedAt: number;
  readonly signal: AbortSignal;
  /** Workers that may share the album which this picture belongs to; 1 for a picture of its own. */
  readonly workers: number;
}

interface Job extends Pick<JobOptions, 'signal' | 'workers'> {
  readonly work: (client: WorkerClient) => Promise<unknown>;
  /** Frees what the work holds, where it is not done after all. */
  readonly discard: () => void;
  readonly resolve: (result: never) => void;
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
  /** Milliseconds without work after which every worker ends; an album's further ones end sooner. */
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

  classify(
    parcel: Parcel,
    { settings, askedAt, signal, workers }: JobOptions,
  ): Promise<Classification> {
    return this.#submit({
      work: (client) => client.classify(parcel, settings, askedAt),
      discard: () => discard(parcel),
      signal,
      workers,
    });
  }

  find(
    parcel: Parcel,
    { settings, signal }: Pick<JobOptions, 'settings' | 'signal'>,
  ): Promise<Found> {
    return this.#submit({
      work: (client) => client.find(parcel, settings),
      discard: () => discard(parcel),
      signal,
      workers: 1,
    });
  }

  /** Work that is no picture's; it goes before an album's. */
  ask<T>(work: (client: WorkerClient) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#submit({ work, discard: () => {}, signal, workers: 1 });
  }

  #submit<T>(
    task: Pick<Job, 'discard' | 'signal' | 'workers'> & {
      readonly work: (client: WorkerClient) => Promise<T>;
    },
  ): Promise<T> {
    const { signal } = task;
    return new Promise<T>((resolve, reject) => {
      const done = () => signal.removeEventListener('abort', job.onAbort);
      const job: Job = {
        ...task,
        resolve: (result: T) => {
          done();
          resolve(result);
        },
        reject: (error) => {
          done();
          reject(error);
        },
        onAbort: () => this.#abandon(job),
      };
      if (this.#stopped || signal.aborted) {
        task.discard();
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

  #endWorkers(reason: ShiwuError, members = [...this.#members]): void {
    clearTimeout(this.#idleTimer);
    this.#full = false;
    for (const member of members) {
      this.#members.delete(member);
      member.client?.stop(reason);
    }
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
      .work(client)
      .then(job.resolve as (result: unknown) => void, (error: unknown) => {
        job.discard(); // it may not have been sent
        job.reject(error);
      })
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
    // Nobody is left to take what comes: the next call tries anew.
    this.#full = false;
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
    // A delay of 2^31 ms would end at once.
    if (working || this.#members.size === 0 || idleTimeout >= 2 ** 31) return;
    // The eldest stays, for pictures of their own.
    const album = this.#members.size > 1 && idleTimeout > ALBUM_OVER_MS;
    this.#idleTimer = setTimeout(
      () => {
        this.#endWorkers(new ShiwuError('disposed'), [...this.#members].slice(Number(album)));
        this.#restIfIdle();
      },
      album ? ALBUM_OVER_MS : idleTimeout,
    );
    // Under Node a timer would keep the process alive; in browsers it is a number.
    if (typeof this.#idleTimer === 'object') (this.#idleTimer as { unref?(): void }).unref?.();
  }
}

/** Frees what a parcel that is not sent after all holds. */
function discard({ payload }: Parcel): void {
  if (payload.kind === 'bitmap') payload.bitmap.close();
}
