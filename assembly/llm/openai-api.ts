import { Bytes } from "../bytes/bytes";
import { CallRequest } from "./call-request";
import { CallTarget, segmentBehind } from "./call-target";
import { writeOpenAiError } from "./openai-chat/refusal";
import { Refusal, WireFormat } from "./wire-format";

/**
 * What OpenAI's APIs have in common: the provider, the shape of errors, and what the paths of Azure OpenAI tell.
 *
 * Azure has a *deployment* in the path of its older APIs, `/openai/deployments/<deployment>/chat/completions`, which decides the model
 * whatever the body says: https://learn.microsoft.com/azure/ai-services/openai/reference
 */
export abstract class OpenAiApi extends WireFormat {
  get provider(): string {
    return "openai";
  }

  beginRequest(target: CallTarget): CallRequest {
    const request = new CallRequest();
    request.model = deploymentOf(target);
    return request;
  }

  readRequest(target: CallTarget, body: Bytes): CallRequest {
    const request = this.readBody(target, body);
    const deployment = deploymentOf(target);
    if (deployment.length > 0) request.model = deployment;
    return request;
  }

  /** Reads a whole request body, whatever the path says of its model. */
  protected abstract readBody(target: CallTarget, body: Bytes): CallRequest;

  refusalBody(refusal: Refusal): Bytes {
    return writeOpenAiError(refusal);
  }
}

/** The deployment that a path of Azure OpenAI names; empty if it names none. */
function deploymentOf(target: CallTarget): string {
  return segmentBehind(target.path, "/openai/deployments/");
}
