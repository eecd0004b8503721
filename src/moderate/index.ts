export { moderate, type Moderated, type ModerateStages } from "./moderate.ts";
