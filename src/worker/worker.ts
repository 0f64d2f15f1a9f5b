/** The dedicated worker: a session behind Comlink. */
import { expose } from 'comlink';
import { createSession } from './session.js';

expose(createSession({ gpu: navigator.gpu, runtime: runtimeName() }));

/** e.g. `Chrome 156 on Linux x86_64`; browsers freeze the rest of the user agent. */
function runtimeName(): string {
  const { userAgent } = navigator;
  const known = /(Edg|OPR|Firefox|Chrome|Version)\/(\d+)/g;
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', Version: 'Safari' };
  const found = [...userAgent.matchAll(known)];
  const [, name = 'unknown browser', version = ''] =
    found.find(([, id]) => id === 'Edg' || id === 'OPR' || id === 'Firefox') ?? found[0] ?? [];
  const system = /\(([^;)]+)(?:;\s*([^;)]+))?/.exec(userAgent);
  return `${names[name] ?? name} ${version} on ${system?.[2] ?? system?.[1] ?? 'an unknown system'}`;
}
