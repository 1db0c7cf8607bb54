import { callApi, isGone } from "../api-client";

/** Deletes a recording. Somebody else may have been quicker: what is wanted is that it is gone. @throws ApiProblem */
export async function deleteRecording(id: string): Promise<void> {
  try {
    await callApi(`/api/recordings/${id}`, { method: "DELETE" });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}
