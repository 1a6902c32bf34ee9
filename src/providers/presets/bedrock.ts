import type { Preset } from "../contract.ts";
import { DIALECT_WAYS } from "./dialect-ways.ts";

/** Amazon Bedrock's runtime: by an API key of Bedrock, or by a key pair or profile of IAM. */
export const bedrock: Preset = {
  id: "bedrock",
  name: "Amazon Bedrock",
  docs: "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
  dialect: "bedrock",
  baseUrl: "https://bedrock-runtime.{region}.amazonaws.com",
  ...DIALECT_WAYS.bedrock,
  keyEnv: "AWS_BEARER_TOKEN_BEDROCK",
  slotEnvs: { region: ["AWS_REGION", "AWS_DEFAULT_REGION"] },
  local: false,
  priceId: "aws",
};
