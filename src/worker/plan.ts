/** Turns requests, which anyone may have typed, into plans whose kernels exist and whose numbers are checked. */
import { kernels, ladders } from '../kernel/catalog.js';
import type { Kernel, Tunables } from '../kernel/kernel.js';
import type { Operation, Shape } from '../kernel/operation.js';
import { errorText, failed, type Refusal } from '../kernel/outcome.js';
import { checkShape, completeTunables } from '../kernel/tunables.js';
import type { BenchRequest, ForecastRequest, KernelChoice, SweepRequest, TuneRequest, VerifyRequest } from './api.js';

/** One kernel at one shape with all its tunables. */
export interface Entry {
  /** Names the entry within its job. */
  readonly key: string;
  readonly kernel: Kernel;
  readonly tunables: Tunables;
  readonly shape: Shape;
}

export interface BenchPlan {
  readonly request: BenchRequest;
  readonly entries: readonly Entry[];
  readonly at?: number;
}

export interface TunePlan {
  readonly request: TuneRequest;
  readonly kernel: Kernel;
  readonly shape: Shape;
}

export interface VerifyPlan {
  readonly request: VerifyRequest;
  readonly kernels: readonly {
    readonly kernel: Kernel;
    readonly tunables: Tunables;
    readonly shapes: readonly Shape[];
  }[];
}

export function planBench(request: BenchRequest): BenchPlan | Refusal {
  const unknown = unknownOperation(request.operation);
  if (unknown) return unknown;
  return attempt(() => ({
    request,
    entries: request.kernels.map((choice) => entryOf(choice, request)),
  }));
}

export function planSweep(request: SweepRequest): { readonly points: readonly BenchPlan[] } | Refusal {
  const { points, axis, secondsPerPoint, ...rest } = request;
  if (points.length === 0) return failed('validation', 'A sweep needs at least one point.');
  const plans: BenchPlan[] = [];
  for (const { at, shape, kernels: choices } of points) {
    const plan = planBench({ ...rest, shape, kernels: choices, budgetSeconds: secondsPerPoint });
    if ('status' in plan) return plan;
    plans.push({ ...plan, at });
  }
  return { points: plans };
}

export function planVerify(request: VerifyRequest): VerifyPlan | Refusal {
  return attempt(() => ({
    request,
    kernels: request.kernels.map((choice) => {
      const { kernel, tunables } = choose(choice);
      const { computes } = kernel;
      return { kernel, tunables, shapes: request.shape ? [checkShape(computes, request.shape)] : computes.cases };
    }),
  }));
}

/** A search needs a kernel that has something to search, and time. */
export function planTune(request: TuneRequest): TunePlan | Refusal {
  return attempt(() => {
    if (!(request.seconds > 0)) throw new RangeError(`A search needs seconds above 0, not ${request.seconds}.`);
    return { request, ...tunableAt(request) };
  });
}

export function planForecast(request: ForecastRequest): Omit<TunePlan, 'request'> | Refusal {
  return attempt(() => tunableAt(request));
}

function tunableAt({ kernel: id, shape }: Pick<TuneRequest, 'kernel' | 'shape'>): Omit<TunePlan, 'request'> {
  const { kernel } = choose({ id });
  if (Object.keys(kernel.tunables).length === 0) throw new TypeError(`${kernel.id} has no tunables to search.`);
  return { kernel, shape: checkShape(kernel.computes, shape) };
}

function entryOf(choice: KernelChoice, request: BenchRequest): Entry {
  const { kernel, tunables } = choose(choice);
  const foreign = kernel.computes.id !== request.operation;
  const shape = checkShape(
    kernel.computes,
    choice.shape ?? (foreign ? project(request.shape, kernel.computes) : request.shape),
  );
  return { key: JSON.stringify([kernel.id, tunables, shape]), kernel, tunables, shape };
}

/** The sizes that another operation shares by name, e.g. m, n and k; those it does not share are its first preset's. */
function project(shape: Shape, { parameters, presets }: Operation): Shape {
  const usual = presets[0]?.shape ?? {};
  const sizes = parameters.map(({ name }) => [name, shape[name] ?? usual[name]] as const);
  return Object.fromEntries(sizes.filter((size): size is [string, number] => size[1] !== undefined));
}

/** @throws TypeError for an unknown kernel, UnknownTunableError for an unknown tunable. */
export function choose({ id, tunables }: KernelChoice): { readonly kernel: Kernel; readonly tunables: Tunables } {
  const kernel = kernels.get(id);
  if (!kernel) throw new TypeError(`There is no kernel "${id}". The catalogue lists those there are.`);
  return { kernel, tunables: completeTunables(kernel, tunables) };
}

export function unknownOperation(id: string): Refusal | undefined {
  if (ladders.has(id)) return undefined;
  return failed('validation', `There is no operation "${id}". There are: ${[...ladders.keys()].join(', ')}.`);
}

/** What a request got wrong, as an outcome. */
export function attempt<T extends object>(work: () => T): T | Refusal {
  try {
    return work();
  } catch (error) {
    return failed('validation', errorText(error));
  }
}

export function isRefusal(value: object): value is Refusal {
  return 'status' in value && 'reason' in value;
}
