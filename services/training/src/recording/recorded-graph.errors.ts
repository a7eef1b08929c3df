import { DomainError } from '@noema/kernel';
import { MAX_DIFFERENCE } from '@noema/population/rules';
import { MAX_RESPONSE_DIFFERENCE } from './recorded-graph.js';

const SENT_AGAIN = 'the next epoch is checked anew';

export const graphNotSent = (reason: string): DomainError =>
  new DomainError(
    'precondition',
    'GRAPH_NOT_SENT',
    reason === ''
      ? 'the client sent no graph of the model with this epoch'
      : `the client has no graph of the model: ${reason}`,
  );

export const graphTooLarge = (bytes: number, most: number): DomainError =>
  new DomainError(
    'invalid',
    'GRAPH_TOO_LARGE',
    `the graph of the model has ${bytes} bytes, and ${most} are taken here; raise NOEMA_IMPORT_BYTES of the ` +
      'platform',
  );

export const graphIncomplete = (why: string): DomainError =>
  new DomainError(
    'invalid',
    'GRAPH_INCOMPLETE',
    `the parts of the graph are not the file that the client described: ${why}; ${SENT_AGAIN}`,
  );

export const graphUnitsDiffer = (layer: string, units: number, recorded: number): DomainError =>
  new DomainError(
    'invalid',
    'GRAPH_UNITS_DIFFER',
    `layer "${layer}" has ${units} units in the graph, and ${recorded} were recorded; ${SENT_AGAIN}`,
    { metadata: { layer } },
  );

export const graphNotChecked = (): DomainError =>
  new DomainError(
    'precondition',
    'GRAPH_NOT_CHECKED',
    'no output of this epoch was recorded in inference mode, so the graph cannot be compared with the model; ' +
      'record without sweep=False',
  );

export const graphDiffers = (difference: number, samples: number): DomainError =>
  new DomainError(
    'invalid',
    'GRAPH_DIFFERS',
    `the graph gives other outputs than the client recorded: for ${samples} samples the largest relative ` +
      `difference is ${difference.toPrecision(3)}, and ${MAX_DIFFERENCE} is accepted. The graph must have the ` +
      'weights of the end of the epoch, and do to an input what the loop does',
    { metadata: { difference: String(difference), accepted: String(MAX_DIFFERENCE) } },
  );

export const graphResponsesDiffer = (layer: string, difference: number, samples: number): DomainError =>
  new DomainError(
    'invalid',
    'GRAPH_RESPONSES_DIFFER',
    `the graph gives the recorded outputs, and other responses of layer "${layer}": for ${samples} samples the ` +
      `largest difference is ${difference.toPrecision(3)} of the largest response, and ` +
      `${MAX_RESPONSE_DIFFERENCE} is accepted. The output of the file that is named for the layer must be the ` +
      'activation that the client recorded',
    {
      metadata: {
        layer,
        difference: String(difference),
        accepted: String(MAX_RESPONSE_DIFFERENCE),
      },
    },
  );
