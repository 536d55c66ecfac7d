import { lambdaParts } from './lambda-parts.ts';
import { unitHandler } from './unit-handler.ts';

export const handler = unitHandler('CLEAN_UP', lambdaParts());
