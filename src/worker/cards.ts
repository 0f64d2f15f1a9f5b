/** The catalogue as plain data for the page's lists and forms. */
import { ladders } from '../kernel/catalog.js';
import type { Kernel } from '../kernel/kernel.js';
import type { KernelCard, OperationCard } from './api.js';

export function operationCards(): readonly OperationCard[] {
  return [...ladders.values()].map(({ operation, kernels }) => ({
    id: operation.id,
    title: operation.title,
    summary: operation.summary,
    parameters: operation.parameters,
    presets: operation.presets,
    sweep: operation.sweep,
    kernels: kernels.map(kernelCard),
  }));
}

function kernelCard(kernel: Kernel): KernelCard {
  return {
    id: kernel.id,
    title: kernel.title,
    summary: kernel.summary,
    tunables: kernel.tunables,
    features: kernel.requires?.features ?? [],
    language: kernel.requires?.language ?? [],
  };
}
