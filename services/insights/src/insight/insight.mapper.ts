import type { JsonObject, MessageInitShape } from '@bufbuild/protobuf';
import { fromJson } from '@bufbuild/protobuf';
import { timestampFromDate, ValueSchema } from '@bufbuild/protobuf/wkt';
import { splitMessage } from '@noema/contracts';
import {
  InsightAction as ActionMessage,
  type ExportInsightResponseSchema,
  type InsightAuditSchema,
  type InsightSampleVerdict,
} from '@noema/contracts/noema/insights/v1/insight_service';
import {
  InsightChange as ChangeMessage,
  type InsightMemberSchema,
  type InsightNumberSchema,
  InsightNumberUnit,
  type InsightSchema,
  InsightSeverityUnit,
  InsightState as StateMessage,
  type InsightTableSchema,
  InsightVerdict,
} from '@noema/contracts/noema/insights/v1/insight';
import { insightKinds, type NumberMeaning, weighSeverity } from '@noema/insights';
import { DomainError } from '@noema/kernel';
import type { AuditSummary } from '../audit/audit.js';
import type { SampleVerdict, Verdict } from '../audit/verdict.js';
import type { Tables } from './evidence.store.js';
import type { ExportPage, InsightAction } from './export.service.js';
import {
  formatEtag,
  type Insight,
  type InsightChange,
  type InsightContents,
  type InsightState,
} from './insight.js';
import type { Member } from './member.service.js';

const STATES: Readonly<Record<InsightState, StateMessage>> = {
  hint: StateMessage.HINT,
  confirmed: StateMessage.CONFIRMED,
  audited: StateMessage.AUDITED,
  approved: StateMessage.APPROVED,
  dismissed: StateMessage.DISMISSED,
  fixed: StateMessage.FIXED,
};
const CHANGES: Readonly<Record<InsightChange, ChangeMessage>> = {
  born: ChangeMessage.BORN,
  grew: ChangeMessage.GREW,
  shrank: ChangeMessage.SHRANK,
  stayed: ChangeMessage.STAYED,
  fixed: ChangeMessage.FIXED,
};
const VERDICTS: Readonly<Record<Verdict, InsightVerdict>> = {
  wrong: InsightVerdict.WRONG,
  right: InsightVerdict.RIGHT,
  unsure: InsightVerdict.UNSURE,
};
const SEVERITY_UNITS: Readonly<Record<InsightContents['unit'], InsightSeverityUnit>> = {
  loss: InsightSeverityUnit.LOSS,
  metric: InsightSeverityUnit.METRIC,
  samples: InsightSeverityUnit.SAMPLES,
};
const NUMBER_UNITS: Readonly<Record<NumberMeaning['unit'], InsightNumberUnit>> = {
  value: InsightNumberUnit.UNSPECIFIED,
  count: InsightNumberUnit.COUNT,
  share: InsightNumberUnit.SHARE,
  points: InsightNumberUnit.POINTS,
  chance: InsightNumberUnit.CHANCE,
  measure: InsightNumberUnit.MEASURE,
};
const ACTIONS: Readonly<Record<InsightAction, ActionMessage>> = {
  all: ActionMessage.UNSPECIFIED,
  relabel: ActionMessage.RELABEL,
  prune: ActionMessage.PRUNE,
  label: ActionMessage.LABEL,
  deduplicate: ActionMessage.DEDUPLICATE,
  weights: ActionMessage.WEIGHTS,
};

const unknownValue = (field: string, value: number): DomainError =>
  new DomainError(
    'invalid',
    'VALUE_UNKNOWN',
    `${field} has the value ${value}, which this service does not know`,
    {
      violations: [{ field, description: `has the unknown value ${value}` }],
    },
  );

/** The name of a number of an enum. Throws `invalid` VALUE_UNKNOWN. */
function findName<K extends string>(names: Readonly<Record<K, number>>, field: string, value: number): K {
  const name = (Object.keys(names) as K[]).find((each) => names[each] === value);
  if (name === undefined) throw unknownValue(field, value);
  return name;
}

/** Throws `invalid` VALUE_UNKNOWN. */
export const toState = (state: StateMessage): InsightState => findName(STATES, 'state', state);
/** Throws `invalid` VALUE_UNKNOWN. */
export const toAction = (action: ActionMessage): InsightAction => findName(ACTIONS, 'action', action);
/** Throws `invalid` VALUE_UNKNOWN. */
export const toVerdict = ({ row, verdict }: InsightSampleVerdict): SampleVerdict => ({
  row,
  verdict: verdict === InsightVerdict.UNSPECIFIED ? undefined : findName(VERDICTS, 'verdict', verdict),
});

/** An insight as lists show it or, with its tables, also with its trend and its exact membership. */
export function insightMessage(insight: Insight, tables?: Tables): MessageInitShape<typeof InsightSchema> {
  const { contents, state, foundState, change, level, share, createTime, updateTime, ...rest } = insight;
  const { effect, membership, filter, unit, pValue, explanations, numbers, remarks, ...others } = contents;
  const {
    members: _m,
    tables: _t,
    signature: _s,
    revision: _v,
    trend,
    qValue,
    isFirstOutput: _f,
    ...fields
  } = rest;
  return {
    ...fields,
    ...others,
    state: STATES[state],
    foundState: STATES[foundState],
    change: CHANGES[change],
    severity: { level, share, unit: SEVERITY_UNITS[unit], weight: weighSeverity({ share, unit }) },
    ...(effect && { effect: { ...effect, low: effect.interval.low, high: effect.interval.high } }),
    ...(pValue !== undefined && { pValue }),
    ...(qValue !== undefined && { qValue }),
    explanations: explanations.map((one) => ({ ...one })),
    numbers: { ...numbers },
    namedNumbers: nameNumbers(insight.kind, numbers),
    remarks: [...remarks],
    ...(tables && {
      tables: Object.entries(tables).map(tableMessage),
      trend: trend.map(({ change, difference, ...point }) => ({
        ...point,
        change: CHANGES[change],
        ...(difference !== undefined && { difference }),
      })),
    }),
    // Its region has hundreds of numbers.
    membership: { filter, ...(tables && { function: membership as unknown as JsonObject }) },
    etag: formatEtag(insight),
    createTime: timestampFromDate(createTime),
    updateTime: timestampFromDate(updateTime),
  };
}

/** Numbers with their meaning, in the order of the kind; a number of an older version of the kind keeps its name. */
function nameNumbers(
  kind: string,
  numbers: InsightContents['numbers'],
): MessageInitShape<typeof InsightNumberSchema>[] {
  const meanings = insightKinds.keys().includes(kind) ? insightKinds.get(kind).numbers : {};
  const known = Object.keys(meanings).filter((name) => name in numbers);
  return [...known, ...Object.keys(numbers).filter((name) => !(name in meanings))].map((name) => ({
    name,
    title: meanings[name]?.title ?? name,
    value: numbers[name]!,
    unit: NUMBER_UNITS[meanings[name]?.unit ?? 'value'],
  }));
}

const tableMessage = ([name, columns]: [string, Tables[string]]): MessageInitShape<
  typeof InsightTableSchema
> => ({
  name,
  columns: Object.entries(columns).map(([column, values]) => ({
    name: column,
    values: [...values].map((value) => fromJson(ValueSchema, value)),
  })),
});

export const memberMessage = ({
  sample,
  score,
  verdict,
  ...member
}: Member): MessageInitShape<typeof InsightMemberSchema> => ({
  ...member,
  ...(sample && { sample: { split: splitMessage(sample.split), sampleId: sample.sampleId } }),
  trueClass: sample?.classIndex ?? -1,
  trueClassName: sample?.className ?? '',
  ...(score !== undefined && Number.isFinite(score) && { score }),
  verdict: verdict === undefined ? InsightVerdict.UNSPECIFIED : VERDICTS[verdict],
});

export const auditMessage = ({
  next: _,
  ...summary
}: AuditSummary): MessageInitShape<typeof InsightAuditSchema> => summary;

export const exportMessage = ({
  columns,
  rows,
  nextPageToken,
  total,
}: ExportPage): MessageInitShape<typeof ExportInsightResponseSchema> => ({
  columns: [...columns],
  rows: rows.map((cells) => ({ cells: [...cells] })),
  nextPageToken,
  totalSize: total,
});
