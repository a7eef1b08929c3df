import { DomainError } from '@noema/kernel/domain-error';
import { describe, expect, it } from 'vitest';
import { fieldFaults, newRequestId } from './field-faults.js';

describe('faults of fields', () => {
  it('finds the field of a form by the last part of its name', () => {
    const error = new DomainError('invalid', 'RUN_SETTING_INVALID', 'no', {
      violations: [
        { field: 'settings.batch_size', description: 'give a whole number' },
        { field: 'epochs', description: 'too many' },
      ],
    });
    expect(fieldFaults(error)).toEqual({ batchSize: 'give a whole number', epochs: 'too many' });
    expect(fieldFaults(null)).toEqual({});
    expect(fieldFaults(new Error('network'))).toEqual({});
  });

  it('makes another request id each time', () => {
    expect(newRequestId()).toMatch(/^[0-9a-f]{32}$/);
    expect(newRequestId()).not.toBe(newRequestId());
  });
});
