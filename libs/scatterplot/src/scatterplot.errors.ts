import { DomainError } from '@noema/kernel/domain-error';

export const webGlMissing = (): DomainError =>
  new DomainError(
    'unsupported',
    'WEBGL2_MISSING',
    'this browser gives no WebGL 2 context: switch hardware acceleration on, or use a current browser',
  );

export const shaderRefused = (stage: string, log: string | null): DomainError =>
  new DomainError(
    'internal',
    'SHADER_REFUSED',
    `the graphics driver refused the ${stage} shader: ${log ?? 'it gives no reason'}`,
  );

export const tooManyPoints = (count: number, capacity: number): DomainError =>
  new DomainError(
    'exhausted',
    'TOO_MANY_POINTS',
    `${count} points do not fit into a scatterplot made for ${capacity}: raise \`capacity\``,
  );

export const lengthsDiffer = (what: string, got: number, wanted: number): DomainError =>
  new DomainError(
    'invalid',
    'LENGTHS_DIFFER',
    `${what} has ${got} entries where ${wanted} are needed: give one for each point`,
  );

export const imageTooLarge = (width: number, height: number, limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'IMAGE_TOO_LARGE',
    `a picture of ${width} × ${height} pixels is beyond the ${limit} of this graphics card: choose a ` +
      'smaller scale',
  );
