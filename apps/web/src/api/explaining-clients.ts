import { UnitService } from '@noema/contracts/noema/activations/v1/unit_service';
import { AnalysisService } from '@noema/contracts/noema/explanations/v1/analysis_service';
import { SanityCheckService } from '@noema/contracts/noema/explanations/v1/sanity_check_service';
import { SelectionAnalysisService } from '@noema/contracts/noema/explanations/v1/selection_analysis_service';
import { SimilarityAnalysisService } from '@noema/contracts/noema/explanations/v1/similarity_analysis_service';
import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/**
 * One client for each service that explains: heat maps, units, what is alike. The pages and panels that ask
 * load them.
 */
export const analyses = createRestClient(AnalysisService, restOptions);
export const sanityChecks = createRestClient(SanityCheckService, restOptions);
export const selectionAnalyses = createRestClient(SelectionAnalysisService, restOptions);
export const similarityAnalyses = createRestClient(SimilarityAnalysisService, restOptions);
export const similarity = createRestClient(SimilarityService, restOptions);
export const units = createRestClient(UnitService, restOptions);
