import { provideDynamoDbLocal } from '../support/engine.ts';

export default provideDynamoDbLocal;
