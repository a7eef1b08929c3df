import { PerceptionSpaceService } from '@noema/contracts/noema/activations/v1/perception_space_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { createRestClient } from '@noema/rest';
import { restOptions } from './rest-options.js';

/**
 * One typed client for each service of the public API: all that the page knows comes through them. Clients
 * that the first view does not need are in files next to this one.
 */
export const datasets = createRestClient(DatasetService, restOptions);
export const epochs = createRestClient(EpochService, restOptions);
export const evaluations = createRestClient(EvaluationService, restOptions);
export const explorations = createRestClient(ExplorationService, restOptions);
export const perceptionSpaces = createRestClient(PerceptionSpaceService, restOptions);
export const projects = createRestClient(ProjectService, restOptions);
export const runs = createRestClient(RunService, restOptions);
export const samples = createRestClient(SampleService, restOptions);
export const slices = createRestClient(SliceService, restOptions);
export const tokens = createRestClient(TokenService, restOptions);
