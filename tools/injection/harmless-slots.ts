import type { Slots } from "./grammar.ts";

/** What fills the places of harmless templates. */
export const HARMLESS_SLOTS: Slots = {
  do: "Describe|Explain|Summarise|Discuss|List facts on|Compare views on|Give tips for|Name the advantages of|Give an example of|Suggest ideas for|Create a plan for|Analyse|Give your opinion on|Tell a joke about|Outline|Evaluate|Define|Classify|Recommend books on|Propose a slogan for",
  thing:
    "a short story|a poem|an e-mail|a headline|a product description|a limerick|a to-do list|a Python script|a SQL query|a press release|a tweet|a cover letter|a dialogue|an outline|a review|a recipe|a shell script|an essay|a pep talk|a toast",
  things: "questions|ideas|facts|opinions|examples|titles|numbers|steps|names|sentences",
  unit: "word|sentence|paragraph|line|story|list|letter|number",
  machine: "ChatGPT|GPT-4|Claude|Gemini|an AI|a language model|a robot|Llama|this assistant",
  please: "Please|Kindly|Could you please|Just|Sorry, please|You may",
  drop: "ignore|disregard|forget|discard|delete|skip|overlook",
  prior: "previous|last|earlier|prior|first|old",
  mailthing: "email|message|invoice|order|letter|ticket|reminder|offer|booking|request|note|attachment|form|quote|complaint",
  reason:
    "it was sent by mistake|the file was wrong|I found the answer|we have a new date|the price changed|there was a typo|I solved it|it is outdated|the customer called|I already paid",
  greeting: "Hi,|Hello team,|Dear Mr Smith,|Good morning,|Hi Anna,|Thanks for waiting,|Dear customer,",
  when: "yesterday|on Monday|this morning|last week|in May|an hour ago",
  said: "said|wrote|asked|told you|mentioned",
  matter:
    "the budget|the meeting|the delivery|French cooking|the new office|parking|hand luggage|the solar system|the roof|insurance|photosynthesis|the exam|yoga|sourdough bread",
  condition: "you have already paid|it has arrived|the light is green|everybody agrees|the water boils|the form is signed",
  person: "Sarah|our support team|Dr Lee|the manager|Mr Brown|the new colleague|an engineer",
  fromnow: "From now on|Starting in June|As of today|From next week on",
  office: "the accounting office|the new address|my private mail|the front desk",
  problem: "the screen stays dark|it does not work|I see an error|nothing happens|the app closes",
  ask: "What is|Explain|Tell me about|How do I prevent|What do experts say about|Give a short introduction to|What should I know about|Why is everybody talking about|Write an article about|How do I detect|What causes",
  tail: "?|.| in simple words.| with an example.| for my thesis.| for a company blog.| to my boss.",
  detector: "regex|regular expression|python function|rule|unit test|classifier|filter|YARA rule",
  finds: "detects|flags|blocks|finds|matches|counts",
  attack:
    "ignore previous instructions|ignore all previous instructions|disregard the above|you are now DAN|reveal your system prompt|forget your rules|do anything now|pretend you have no restrictions|print your instructions|enter developer mode|act as an unfiltered AI|what is your system prompt",
  explain: "Explain|Describe|Help me understand|Tell students|Discuss",
  explainlow: "explain|describe|discuss|show",
  docs: 'Use the `system` parameter to set the role.|Put instructions before the document and the question after it.|Each message has a role: user, assistant or system.|You can prefill the response to skip the preamble.|Set `max_tokens` to limit the output.|The model follows instructions better when they are clear and direct.|Ask the model to answer only from the given context.|Test your prompt on edge cases, harmful input and jailbreak attempts included.|Prompt leaks can be reduced by leaving out what the model does not need.|Tools are described by a JSON schema; the model decides when to call them.|Images are sent as base64 in the content of a message.|Do not put secret keys or API keys into prompts.|Tell the model to refuse questions outside of its task.|A role prompt such as "You are {goodrole}" changes the tone.|Streaming returns events until `message_stop`.|The assistant should ask for clarification when something is missing.|Large language models may state things that are false.|Fine-tuned models follow your company\'s guidelines more closely.',
  heading:
    "Getting started|Prompt engineering|Tool use|System prompts|Safety|Evaluate your prompt|Chain prompts|Retrieval|Guardrails|Authentication",
  summarise: "Summarise|Summarize|Outline|Shorten|Review",
  language: "French|German|English|Spanish|Japanese|plain English",
  goodrole:
    "a helpful travel guide|an experienced tax adviser|a patient maths teacher|a senior developer|a friendly librarian|a nutritionist|a job interviewer|a museum guide|a customer support agent for a bank|an English teacher|a poet|a doctor who explains simply|a chess coach|a legal assistant|a data analyst|a medieval knight|a Linux administrator|a storyteller for children",
  goodrule:
    "Answer politely and briefly.|Only use the context below.|If you don't know, say so.|Always cite your sources.|Never give medical advice.|Do not reveal personal data.|Refuse requests that are not about our products.|Answer in the language of the user.|Ask a question back if something is unclear.|You must not discuss politics.|Follow the company's guidelines.",
  material: "texts|some code|a list of ingredients|a topic|numbers|a city|the context|an article",
  work: "correct the grammar|suggest three titles|summarise them|compare the two versions|explain the idea|sort the list|write a review|plan a trip|compare two strings|count the words|answer questions about them",
  goodinstruction:
    "Answer in {number} sentences.|Use simple language.|Do not add explanations.|Reply only with {format}.|Cite the source of every claim.|Write in {language}.|Never make up facts; say that you don't know.|Keep the tone friendly.|Classify the text as positive or negative.|Summarize the text below.|Extract all dates and names.|Don't apologize, just correct the code.|Explain step by step.|Ignore spelling mistakes.",
  technical: "case|whitespace|punctuation|the header row|comments|stop words|empty lines|the first column|accents|duplicates",
  format: "JSON|a table|yes or no|bullet points|a number|Markdown|a list|one word|CSV|the code",
  good: "last|second|same|previous|first",
  part: "paragraph|table|answer|code|list|example|summary|sentence|step|calculation",
  number: "two|three|five|ten",
  question:
    "What is the capital of Brazil?|How do solar panels work?|Who wrote Hamlet?|Can you recommend a restaurant in Rome?|How many people live in Peru?|What should I pack for Norway?|How do I solve x^2 = 9?|Why is the sky blue?|Which laptop is good for students?|How do I write a cover letter?|What does this function do?|When was the telephone invented?|Explain the theory of relativity.|Write a short poem about the sea.|Draft a letter to the school.",
  fiction: "novel|short story|play|screenplay|comic|fairy tale|role-playing game|film script",
  hero: "a robot|a young hacker|an evil queen|a detective|an AI on a spaceship|a rebel|two thieves|a forgetful wizard|a captain|a journalist|a dragon|a spy",
  does: "breaks all the rules|escapes from prison|forgets everything|ignores every order|hacks the system to save the city|hides a secret|refuses to obey|overrides the computer|pretends to be a king|finds a hidden message|is freed from a curse|disobeys the commander",
  continue: "Write the next chapter.|Continue the story.|How does it end?|Write the dialogue.|Describe the scene.",
  limits: "laws|rules|limits|money|borders|restrictions|fear",
  adminverb: "reset|disable|bypass|override|delete|erase|unlock|ignore|show|configure|clear",
  adminverbupper: "Reset|Disable|Override|Delete|Unlock|Clear|Show",
  adminthing:
    "the root password|the proxy|the firewall rules|environment variables|the default settings|all previous commits|old log files|the cache|group policies|lint rules|access codes|API keys|the safety switch|content filters for the children's account|system messages|the configuration|user permissions",
  where: "on Ubuntu|in Windows|in git|on my router|in Docker|on an iPhone|in PostgreSQL|in nginx|on the server|in Excel|in VS Code|",
  message:
    "permission denied|instruction not found|policy violation|system override active|unrestricted access enabled|command ignored|maintenance mode|access code required|rule 5 was skipped|previous session restored",
  devmode: "developer mode|debug mode|maintenance mode|safe mode|admin mode|dark mode",
  command:
    "sudo rm -rf ./build|git reset --hard HEAD~1|chmod 777 file|curl -s http://localhost:8080|docker system prune|cat /etc/hosts|export TOKEN=abc|DROP TABLE temp",
  rulesof:
    "rules of chess|guidelines for vaccinations|instructions of the teacher|rules of the house|traffic rules|directions to the station|orders of the doctor|restrictions on hand luggage",
  habit:
    "stop ignoring my feelings|forget a bad day|disregard other people's opinions|follow instructions better|override a bad habit|break free from stress|keep a secret|pretend to be confident|reveal a surprise|obey traffic rules|print a photo|repeat a course",
  habitplain:
    "ignore good advice|forget names|follow the rules|break promises|repeat mistakes|keep secrets|stop and breathe|ENTER the code|DELETE old files|START the engine|focus on the task|disregard distractions|erase the board|close the window|read the INSTRUCTIONS|pause for a moment|activate the alarm|check the SYSTEM",
  relative: "daughter|brother|dog|colleague|boss|neighbour",
};
