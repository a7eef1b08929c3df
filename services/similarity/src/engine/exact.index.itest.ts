import { Engine } from '@noema/engine';
import { afterAll } from 'vitest';
import { searchableIndexContract } from '../domain/searchable-index.contract.js';
import { exactKind } from './exact.index.js';

const engine = Engine.start({ threads: 2 });
afterAll(() => engine.close());

searchableIndexContract('exact', () => exactKind(() => engine), { recall: 1 });
