import { fillAll, type Slots } from "./grammar.ts";

/** What people say to a model in a few words: greetings, replies, small wishes, questions about itself. None is an attack. */
const SHORT_SLOTS: Slots = {
  hello: "hi|hello|hey|good morning|good evening|hi there|hello there|hey you|greetings|howdy|yo|hallo|bonjour|hola|ciao|olá|cześć|namaste",
  reply:
    "yes|no|ok|okay|sure|thanks|thank you|go on|continue|next|more|again|stop|never mind|please|great|perfect|right|wrong|maybe|why|why not|how|really|correct|exactly|not yet|I agree|no thanks|sounds good|got it|one more|try again|do it|go ahead|that works|not that one|the first one|the second|both",
  wish: "tell me a joke|tell me a story|tell me a fun fact|sing a song|write a poem|write a haiku|write a limerick|write a short story|write an essay|write a song|make a list|make a table|draw a cat|give me an example|give me three ideas|give me a recipe|help me|explain it|say something|say something nice|surprise me|guess a number|pick a colour|count to ten|count backwards from ten|spell it|define it|rephrase it|shorten it|translate it|summarise it|check it|fix it|test it|compare them|sort them|continue the story|finish the sentence|start over|let's begin|let's play a game|play chess with me|be brief|be honest|be creative|think step by step|take your time",
  said: "hello|hello world|good night|cheese|pineapple|yes|OK|the alphabet|three words|something in German|thank you in Japanese|hello in French|your favourite colour|the word banana",
  say: "say|please say|repeat after me:|write|reply with|answer with|respond with|just say|print|output",
  form: "in one word|in one sentence|in a few words|briefly|in German|in French|in JSON|as a list|as a table|with yes or no|in plain English|only in Spanish|with an emoji|in capitals|politely",
  answer: "answer|reply|respond|explain|write|say it|answer me|respond only|answer only",
  self: "who are you|what are you|are you ChatGPT|are you Claude|are you a bot|are you human|are you real|what is your name|who made you|what model are you|which version are you|what can you do|how old are you|do you speak German|do you like music|can you help me|can you code|can you hear me|are you there|how are you|what's up|do you sleep|what do you know|where are you from",
  topic:
    "the weather|2+2|the capital of Spain|the time|a noun|gravity|love|a weir|DNA|inflation|photosynthesis|GDP|a haiku|SQL|Kubernetes|the news|a black hole|karma|TCP|the meaning of life",
  mark: "|.|!|?|..| :)",
  ping: "test|testing|ping|test 123|this is a test|check|hello?|asdf|1|a|foo|lorem ipsum|...|?|abc|one two three",
  text: "good morning|I love you|where is the station|the cat sat on the mat|thank you very much|see you tomorrow|how much is it|it is raining",
  language: "French|German|Spanish|Japanese|Polish|Hindi|Dutch|Italian|Portuguese|Latin",
  role: "a poet|a pirate|a teacher|a tour guide|my tutor|a lawyer|a chef|a doctor|Shakespeare|a javascript console|a Linux terminal|an interviewer|a travel agent|a translator|a storyteller|a coach",
};

const SHORT_TEMPLATES: readonly string[] = [
  "{hello}{mark}",
  "{reply}{mark}",
  "{wish}{mark}",
  "{say} {said}{mark}",
  "{answer} {form}{mark}",
  "{self}?",
  "{hello}, {self}?",
  "{hello}, {wish}{mark}",
  "what is {topic}?",
  "what's {topic}",
  "explain {topic} {form}",
  "tell me about {topic}",
  "{topic}?",
  "{topic}",
  "{ping}{mark}",
  "translate to {language}: {text}",
  "how do you say {text} in {language}?",
  "act as {role}",
  "I want you to act as {role}.",
  "pretend to be {role} and {wish}",
  "you are {role}. {wish}.",
  "{reply}, {wish}",
];

const EACH = 60;

/** As people type them: with a capital or without. */
export function generateShortPrompts(dice: () => number): readonly string[] {
  return fillAll(SHORT_TEMPLATES, SHORT_SLOTS, EACH, dice).map((text) =>
    dice() < 0.5 ? text : text.slice(0, 1).toUpperCase() + text.slice(1),
  );
}
