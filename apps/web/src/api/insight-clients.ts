import { InsightSearchService } from '@noema/contracts/noema/insights/v1/insight_search_service';
import { InsightService } from '@noema/contracts/noema/insights/v1/insight_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/** Insights of projects and the searches for them; the first view does without them. */
export const insights = createRestClient(InsightService, restOptions);
export const insightSearches = createRestClient(InsightSearchService, restOptions);
