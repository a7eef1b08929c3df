import type * as Datasets from '@noema/datasets';

/** Functions of the datasets service for environments of integrations in Python, loaded when they are needed. */
export const pythonEnvironments = (): Promise<
  Pick<
    typeof Datasets,
    | 'buildEnvironment'
    | 'canonicalName'
    | 'describeInterpreter'
    | 'parseRequirements'
    | 'parseWheelName'
    | 'platformTags'
    | 'requirementsNotLocked'
    | 'requireWheels'
    | 'sameVersion'
    | 'unmetRequirements'
  >
> => import('@noema/datasets');
export type { PythonDescription, Requirement } from '@noema/datasets';
