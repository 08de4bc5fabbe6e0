<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko_KR">
<context>
    <name>StripSource</name>
    <message>
        <source>Token %1, id %2: %3</source>
        <translation>토큰 %1, id %2: %3</translation>
    </message>
    <message>
        <source>probability %1, rank %2, entropy %3 nats</source>
        <translation>확률 %1, 순위 %2, 엔트로피 %3 nats</translation>
    </message>
    <message>
        <source>added by the chat template</source>
        <translation>대화 템플릿이 덧붙임</translation>
    </message>
</context>
<context>
    <name>views</name>
    <message>
        <source> space </source>
        <translation> 공백 </translation>
    </message>
    <message>
        <source> new line </source>
        <translation> 줄바꿈 </translation>
    </message>
</context>
<context>
    <name>vitrine::ChatPanel</name>
    <message>
        <source>Chat</source>
        <translation>대화</translation>
    </message>
    <message>
        <source>Show as</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>글</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>토큰</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>방식</translation>
    </message>
    <message>
        <source>Completion</source>
        <translation>이어쓰기</translation>
    </message>
    <message>
        <source>Why does the KV cache grow with every token?</source>
        <translation>KV 캐시는 왜 토큰마다 커지나요?</translation>
    </message>
    <message>
        <source>Alternatives of the selected token</source>
        <translation>선택한 토큰의 대안</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>새 대화</translation>
    </message>
    <message>
        <source>Begin an empty conversation; this one stays in the sessions</source>
        <translation>빈 대화를 시작합니다. 지금 대화는 세션에 남습니다</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>다시 답하기</translation>
    </message>
    <message>
        <source>Another answer to the last question, with the next seed</source>
        <translation>마지막 질문에 다음 시드로 다시 답합니다</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>답변 멈추기</translation>
    </message>
    <message>
        <source>Stop generating</source>
        <translation>생성을 멈춥니다</translation>
    </message>
    <message>
        <source>Type a message</source>
        <translation>메시지 쓰기</translation>
    </message>
    <message>
        <source>Put the cursor into the composer</source>
        <translation>입력 칸으로 옮깁니다</translation>
    </message>
    <message>
        <source>Show the exact prompt</source>
        <translation>정확한 프롬프트 보기</translation>
    </message>
    <message>
        <source>The rendered text with its special tokens</source>
        <translation>특수 토큰까지 보이는, 모델이 받는 글 그대로</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Ask something</source>
        <translation>무엇이든 물어보세요</translation>
    </message>
    <message>
        <source>Ask a follow-up</source>
        <translation>이어서 물어보세요</translation>
    </message>
    <message>
        <source>Text to continue</source>
        <translation>이어 쓸 글</translation>
    </message>
    <message>
        <source>Open a model first</source>
        <translation>먼저 모델을 여세요</translation>
    </message>
    <message>
        <source>This model does not generate text</source>
        <translation>이 모델은 글을 생성하지 않습니다</translation>
    </message>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>메시지 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>This checkpoint has no chat template: raw text is continued as it stands.</source>
        <translation>이 체크포인트에는 대화 템플릿이 없어 글을 있는 그대로 이어 씁니다.</translation>
    </message>
    <message>
        <source>%1 of %2 tokens</source>
        <translation>%2토큰 중 %1</translation>
    </message>
    <message>
        <source>Alternatives at answer token %1: double-click or Enter continues from there</source>
        <translation>답변 토큰 %1의 대안: 두 번 누르거나 Enter를 치면 거기서 이어 갑니다</translation>
    </message>
    <message>
        <source>%1 other tokens</source>
        <translation>다른 토큰 %1개</translation>
    </message>
    <message>
        <source>The conversation as text</source>
        <translation>대화를 글로 보기</translation>
    </message>
    <message>
        <source>Every token as a chip, coloured by its probability</source>
        <translation>토큰마다 한 칸씩, 확률을 색으로 보기</translation>
    </message>
    <message>
        <source>The exact text the model reads, special tokens visible</source>
        <translation>모델이 읽는 글 그대로, 특수 토큰까지 보기</translation>
    </message>
    <message>
        <source>Messages through the checkpoint&apos;s chat template</source>
        <translation>체크포인트의 대화 템플릿을 거친 메시지</translation>
    </message>
    <message>
        <source>Raw text, continued as it stands</source>
        <translation>글을 있는 그대로 이어 쓰기</translation>
    </message>
    <message numerus="yes">
        <source>System prompt, %n word(s)</source>
        <translation>
            <numerusform>시스템 프롬프트, 낱말 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>시스템 프롬프트</translation>
    </message>
    <message>
        <source>What the model is told before the conversation; empty: the template&apos;s own, if it has one</source>
        <translation>대화에 앞서 모델에게 주는 글. 비우면 템플릿에 든 것을 씁니다</translation>
    </message>
    <message>
        <source>Exact prompt</source>
        <translation>정확한 프롬프트</translation>
    </message>
    <message>
        <source>Ask the model</source>
        <translation>모델에게 물어보세요</translation>
    </message>
    <message>
        <source>The answer streams here; every token can be opened: its alternatives, the sampler&apos;s stages, the attention behind it.</source>
        <translation>답변이 여기에 차례로 나타납니다. 토큰마다 대안, 샘플러 단계, 그 뒤의 어텐션을 열어 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>Empty conversation.</source>
        <translation>빈 대화.</translation>
    </message>
    <message>
        <source>%1 says: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>vitrine::ChatSession</name>
    <message numerus="yes">
        <source>Stopped at the limit of %n token(s).</source>
        <translation>
            <numerusform>토큰 %n개 제한에서 멈췄습니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>The context is full.</source>
        <translation>문맥이 가득 찼습니다.</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>멈췄습니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::CommandPalette</name>
    <message>
        <source>Search everything</source>
        <translation>전체 검색</translation>
    </message>
    <message>
        <source>Name of an action or panel</source>
        <translation>동작이나 패널의 이름</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>찾은 항목</translation>
    </message>
</context>
<context>
    <name>vitrine::ComparisonModel</name>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Weight format</source>
        <translation>가중치 형식</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>File hash</source>
        <translation>파일 해시</translation>
    </message>
    <message>
        <source>File size</source>
        <translation>파일 크기</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>장치</translation>
    </message>
    <message>
        <source>Instruction set</source>
        <translation>명령어 집합</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>스레드</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>KV format</source>
        <translation>KV 형식</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>Order of stages</source>
        <translation>단계 순서</translation>
    </message>
    <message>
        <source>Build</source>
        <translation>빌드</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>Answer length</source>
        <translation>답 길이</translation>
    </message>
    <message>
        <source>Stopped by</source>
        <translation>멈춘 까닭</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>속도</translation>
    </message>
    <message>
        <source>First token after</source>
        <translation>첫 토큰까지</translation>
    </message>
    <message>
        <source>Perplexity</source>
        <translation>퍼플렉서티</translation>
    </message>
    <message>
        <source>tok/s</source>
        <translation>토큰/초</translation>
    </message>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln토큰</numerusform>
        </translation>
    </message>
    <message>
        <source>Results</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>다름</translation>
    </message>
    <message>
        <source>same</source>
        <translation>같음</translation>
    </message>
    <message>
        <source>Item</source>
        <translation>항목</translation>
    </message>
</context>
<context>
    <name>vitrine::ComparisonView</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>the answer ends here</source>
        <translation>답이 여기서 끝남</translation>
    </message>
    <message>
        <source>Both sessions need an answer to be compared.</source>
        <translation>비교하려면 두 세션에 모두 답이 있어야 합니다.</translation>
    </message>
    <message>
        <source>%1 settings and %2 results differ</source>
        <translation>설정 %1개와 결과 %2개가 다름</translation>
    </message>
    <message>
        <source>Settings compared</source>
        <translation>설정 비교</translation>
    </message>
    <message>
        <source>Differing rows first</source>
        <translation>다른 항목을 위로</translation>
    </message>
    <message>
        <source>Moves the rows that differ to the top of their part</source>
        <translation>다른 행을 각 부분의 맨 위로 옮깁니다</translation>
    </message>
    <message>
        <source>Settings and results of A and B</source>
        <translation>A와 B의 설정과 결과</translation>
    </message>
    <message>
        <source>Both answers are the same, token by token.</source>
        <translation>두 답의 토큰이 모두 같습니다.</translation>
    </message>
    <message>
        <source>The answers part at token %1</source>
        <translation>처음 달라지는 곳: %1번째 토큰</translation>
    </message>
    <message>
        <source>One of the two has no answer yet. Choose two sessions with answers.</source>
        <translation>둘 가운데 하나에 아직 답이 없습니다. 답이 있는 세션 두 개를 고르세요.</translation>
    </message>
</context>
<context>
    <name>vitrine::Composer</name>
    <message>
        <source>Stop</source>
        <translation>멈추기</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>보내기</translation>
    </message>
    <message>
        <source>Stop the answer (Esc)</source>
        <translation>답변 멈추기 (Esc)</translation>
    </message>
    <message>
        <source>Send (Enter; Shift+Enter breaks the line)</source>
        <translation>보내기 (Enter, 줄바꿈은 Shift+Enter)</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>메시지</translation>
    </message>
    <message>
        <source>Tokens of the whole prompt as the model will read it, of the context it holds</source>
        <translation>모델이 읽을 프롬프트 전체의 토큰 수와 담을 수 있는 문맥 크기</translation>
    </message>
</context>
<context>
    <name>vitrine::Desk</name>
    <message>
        <source>Opening %1</source>
        <translation>%1 여는 중</translation>
    </message>
</context>
<context>
    <name>vitrine::DockArea</name>
    <message>
        <source>Panels</source>
        <translation>패널</translation>
    </message>
</context>
<context>
    <name>vitrine::ErrorBar</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n개 더</numerusform>
        </translation>
    </message>
    <message>
        <source>Error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>자세히</translation>
    </message>
    <message>
        <source>Copy the error</source>
        <translation>오류 내용 복사</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Dismiss (Esc)</source>
        <translation>닫기 (Esc)</translation>
    </message>
</context>
<context>
    <name>vitrine::FoundModels</name>
    <message>
        <source>fits: %1 of %2</source>
        <translation>들어감: %2 중 %1</translation>
    </message>
    <message>
        <source>too large: %1 of %2</source>
        <translation>너무 큼: %2 중 %1</translation>
    </message>
    <message>
        <source>%1 M</source>
        <translation>%1 M</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>형식</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>Memory, with 4,096 tokens</source>
        <translation>메모리 (4,096토큰 기준)</translation>
    </message>
    <message>
        <source>From</source>
        <translation>출처</translation>
    </message>
</context>
<context>
    <name>vitrine::Layouts</name>
    <message>
        <source>Chat</source>
        <translation>대화</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>살펴보기</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>비교</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>수업</translation>
    </message>
</context>
<context>
    <name>vitrine::LogPanel</name>
    <message>
        <source>Log</source>
        <translation>기록</translation>
    </message>
</context>
<context>
    <name>vitrine::MainWindow</name>
    <message>
        <source>Opened %1</source>
        <translation>%1 열었음</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>모델 열기…</translation>
    </message>
    <message>
        <source>Models on this machine, with size and whether they fit</source>
        <translation>이 컴퓨터에 있는 모델, 크기와 메모리에 들어가는지</translation>
    </message>
    <message>
        <source>Open a model file…</source>
        <translation>모델 파일 열기…</translation>
    </message>
    <message>
        <source>A .gguf file or one safetensors file</source>
        <translation>.gguf 파일이나 safetensors 파일 하나</translation>
    </message>
    <message>
        <source>Open a model folder…</source>
        <translation>모델 폴더 열기…</translation>
    </message>
    <message>
        <source>A folder with config.json and safetensors</source>
        <translation>config.json과 safetensors가 있는 폴더</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>전체 검색</translation>
    </message>
    <message>
        <source>Switch between light and dark</source>
        <translation>밝은 테마와 어두운 테마 바꾸기</translation>
    </message>
    <message>
        <source>Larger text and controls</source>
        <translation>글자와 단추 크게</translation>
    </message>
    <message>
        <source>Smaller text and controls</source>
        <translation>글자와 단추 작게</translation>
    </message>
    <message>
        <source>Normal size of text and controls</source>
        <translation>글자와 단추 보통 크기</translation>
    </message>
    <message>
        <source>Language: %1</source>
        <translation>언어: %1</translation>
    </message>
    <message>
        <source>Stop everything that runs</source>
        <translation>실행 중인 것 모두 멈추기</translation>
    </message>
    <message>
        <source>Stops the answer and all jobs</source>
        <translation>답변과 모든 작업을 멈춥니다</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>되돌리기: %1</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>다시 하기</translation>
    </message>
    <message>
        <source>Redo: %1</source>
        <translation>다시 하기: %1</translation>
    </message>
    <message>
        <source>Select the previous token</source>
        <translation>이전 토큰 선택</translation>
    </message>
    <message>
        <source>Select the next token</source>
        <translation>다음 토큰 선택</translation>
    </message>
    <message>
        <source>Select the layer below</source>
        <translation>아래 층 선택</translation>
    </message>
    <message>
        <source>Select the layer above</source>
        <translation>위 층 선택</translation>
    </message>
    <message>
        <source>Select the previous head</source>
        <translation>이전 헤드 선택</translation>
    </message>
    <message>
        <source>Select the next head</source>
        <translation>다음 헤드 선택</translation>
    </message>
    <message>
        <source>Select nothing</source>
        <translation>선택 해제</translation>
    </message>
    <message>
        <source>Go to the tokens of the answer</source>
        <translation>답변의 토큰으로 이동</translation>
    </message>
    <message>
        <source>Next panel</source>
        <translation>다음 패널</translation>
    </message>
    <message>
        <source>Previous panel</source>
        <translation>이전 패널</translation>
    </message>
    <message>
        <source>Show the log</source>
        <translation>기록 보기</translation>
    </message>
    <message>
        <source>What happened, with all errors</source>
        <translation>일어난 일과 모든 오류</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Dismiss the error</source>
        <translation>오류 표시 닫기</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>전체 화면</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>끝내기</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>기록</translation>
    </message>
    <message>
        <source>Show %1</source>
        <translation>%1 보기</translation>
    </message>
    <message>
        <source>Layout: %1</source>
        <translation>배치: %1</translation>
    </message>
    <message>
        <source>Save the layout as…</source>
        <translation>배치를 새 이름으로 저장…</translation>
    </message>
    <message>
        <source>Reset the layout</source>
        <translation>배치를 처음대로</translation>
    </message>
    <message>
        <source>The preset as it was made</source>
        <translation>처음 만들어진 그대로</translation>
    </message>
    <message>
        <source>Forget a layout</source>
        <translation>저장한 배치 지우기</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>패널</translation>
    </message>
    <message numerus="yes">
        <source>Runs on %1 with %2, %n thread(s)</source>
        <translation>
            <numerusform>%1에서 실행, %2, 스레드 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>Open a model folder</source>
        <translation>모델 폴더 열기</translation>
    </message>
    <message>
        <source>Open a model file</source>
        <translation>모델 파일 열기</translation>
    </message>
    <message>
        <source>Models (*.gguf *.safetensors *.json)</source>
        <translation>모델 (*.gguf *.safetensors *.json)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
    <message>
        <source>Save the layout</source>
        <translation>배치 저장</translation>
    </message>
    <message>
        <source>Name of the layout</source>
        <translation>배치 이름</translation>
    </message>
    <message>
        <source>%1 does not exist.</source>
        <translation>%1 파일이 없습니다.</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>다른 파일을 고르세요.</translation>
    </message>
    <message>
        <source>%1 was not opened: it is a pickle, which can run any program when it is read.</source>
        <translation>%1 파일을 열지 않았습니다. 읽기만 해도 아무 프로그램이나 실행할 수 있는 pickle 형식입니다.</translation>
    </message>
    <message>
        <source>Use the safetensors or GGUF file of the same model, or convert it with a tool you trust.</source>
        <translation>같은 모델의 safetensors나 GGUF 파일을 쓰거나, 믿을 수 있는 도구로 변환하세요.</translation>
    </message>
    <message>
        <source>Show the changes that can be undone</source>
        <translation>되돌릴 수 있는 변경 보기</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>변경</translation>
    </message>
    <message>
        <source>Changes that can be undone</source>
        <translation>되돌릴 수 있는 변경</translation>
    </message>
    <message>
        <source>As it was at the beginning</source>
        <translation>처음 상태</translation>
    </message>
    <message>
        <source>KV cache, from the next opening</source>
        <translation>KV 캐시 (다음에 열 때부터)</translation>
    </message>
    <message>
        <source>Precision of the next answer</source>
        <translation>다음 답변의 정밀도</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>빠르게</translation>
    </message>
    <message>
        <source>Exact (float32 activations)</source>
        <translation>정확하게 (float32 활성값)</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>선택</translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation>글자 복사</translation>
    </message>
    <message>
        <source>Copy the token id</source>
        <translation>토큰 id 복사</translation>
    </message>
</context>
<context>
    <name>vitrine::OpenDialog</name>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>모델 열기</translation>
    </message>
    <message>
        <source>Models on this machine</source>
        <translation>이 컴퓨터의 모델</translation>
    </message>
    <message>
        <source>Filter by name, format or program</source>
        <translation>이름, 형식, 프로그램으로 거르기</translation>
    </message>
    <message>
        <source>Choose a file…</source>
        <translation>파일 고르기…</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>폴더 고르기…</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>모델을 찾는 중…</translation>
    </message>
    <message>
        <source>No models were found in the usual places.</source>
        <translation>흔히 두는 곳에서 모델을 찾지 못했습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s); nothing is copied or changed</source>
        <translation>
            <numerusform>모델 %n개. 복사하거나 바꾸지 않습니다</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::PanelHost</name>
    <message>
        <source>%1 is not a panel of this version.</source>
        <translation>%1은(는) 이 버전의 패널이 아닙니다.</translation>
    </message>
    <message>
        <source>%1 stopped working</source>
        <translation>%1 패널이 멈췄습니다</translation>
    </message>
    <message>
        <source>Everything else goes on. Restart to use it again.</source>
        <translation>나머지는 그대로 동작합니다. 다시 쓰려면 프로그램을 다시 시작하세요.</translation>
    </message>
    <message>
        <source>The panel %1 was disabled.</source>
        <translation>%1 패널을 껐습니다.</translation>
    </message>
    <message>
        <source>%1 cannot be shown</source>
        <translation>%1 패널을 보여 줄 수 없습니다</translation>
    </message>
    <message>
        <source>This model has no %1.</source>
        <translation>이 모델에는 %1이(가) 없습니다.</translation>
    </message>
    <message>
        <source>an unknown exception</source>
        <translation>알 수 없는 예외</translation>
    </message>
</context>
<context>
    <name>vitrine::SessionDelegate</name>
    <message>
        <source>Title of the session</source>
        <translation>세션 제목</translation>
    </message>
</context>
<context>
    <name>vitrine::SessionDetail</name>
    <message>
        <source>seed %1</source>
        <translation>시드 %1</translation>
    </message>
    <message>
        <source>first token after %1</source>
        <translation>첫 토큰까지 %1</translation>
    </message>
    <message numerus="yes">
        <source>%Ln message(s)</source>
        <translation>
            <numerusform>메시지 %Ln개</numerusform>
        </translation>
    </message>
    <message>
        <source>Answer: %1 of %2 tokens are the same so far</source>
        <translation>답: 토큰 %2개 가운데 %1개까지 같음</translation>
    </message>
    <message>
        <source>Preparing</source>
        <translation>준비하는 중</translation>
    </message>
    <message>
        <source>Not yet run again.</source>
        <translation>아직 다시 실행하지 않았습니다.</translation>
    </message>
    <message>
        <source>No answer yet.</source>
        <translation>아직 답이 없습니다.</translation>
    </message>
    <message>
        <source>Shows the panel of this pinned view</source>
        <translation>고정한 보기의 패널을 엽니다</translation>
    </message>
    <message>
        <source>Open in chat</source>
        <translation>대화에서 열기</translation>
    </message>
    <message>
        <source>Continues this session in the chat (Enter)</source>
        <translation>이 세션을 대화에서 이어 갑니다 (Enter)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>멈추기</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>재생해 확인</translation>
    </message>
    <message>
        <source>Runs the newest answer again with its model, settings and seed, and compares it token by token. Another model than the open one is loaded for it.</source>
        <translation>가장 새 답을 같은 모델, 설정, 시드로 다시 실행해 토큰 하나하나 비교합니다. 지금 연 모델과 다르면 그 모델을 엽니다.</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>메모</translation>
    </message>
    <message>
        <source>What is worth remembering about this session</source>
        <translation>이 세션에서 기억해 둘 것</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>태그</translation>
    </message>
    <message>
        <source>Tags, separated by commas</source>
        <translation>태그, 쉼표로 나눔</translation>
    </message>
    <message>
        <source>Separated by commas</source>
        <translation>쉼표로 나눕니다</translation>
    </message>
    <message>
        <source>Pinned views</source>
        <translation>고정한 보기</translation>
    </message>
</context>
<context>
    <name>vitrine::SessionsModel</name>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln토큰</numerusform>
        </translation>
    </message>
    <message>
        <source>Untitled session</source>
        <translation>제목 없는 세션</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>M월 d일</translation>
    </message>
    <message>
        <source>d MMM yyyy</source>
        <translation>yyyy년 M월 d일</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>오늘</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>어제</translation>
    </message>
    <message>
        <source>This week</source>
        <translation>이번 주</translation>
    </message>
    <message>
        <source>This month</source>
        <translation>이번 달</translation>
    </message>
    <message>
        <source>Earlier</source>
        <translation>그 전</translation>
    </message>
    <message>
        <source>Not checked</source>
        <translation>확인 안 함</translation>
    </message>
    <message>
        <source>the model file is another one</source>
        <translation>모델 파일이 다름</translation>
    </message>
    <message>
        <source>another instruction set</source>
        <translation>명령어 집합이 다름</translation>
    </message>
    <message>
        <source>another device</source>
        <translation>장치가 다름</translation>
    </message>
    <message>
        <source>another build of Vitrine</source>
        <translation>Vitrine 빌드가 다름</translation>
    </message>
    <message>
        <source>nothing that was recorded explains it</source>
        <translation>기록된 것으로는 설명되지 않음</translation>
    </message>
    <message>
        <source>Same on replay</source>
        <translation>재생 결과 같음</translation>
    </message>
    <message>
        <source>Run again, all %1 tokens are the same.</source>
        <translation>다시 실행했더니 토큰 %1개가 모두 같습니다.</translation>
    </message>
    <message>
        <source>Differs from token %1</source>
        <translation>%1번째부터 다름</translation>
    </message>
    <message>
        <source>the end</source>
        <translation>답의 끝</translation>
    </message>
    <message>
        <source>“%1”</source>
        <comment>a token</comment>
        <translation>‘%1’</translation>
    </message>
    <message>
        <source>Run again, answer token %1 differs: %2 was recorded, %3 came now. Likely cause: %4.</source>
        <translation>다시 실행했더니 답의 %1번째 토큰이 다릅니다. 기록: %2, 이번: %3. 짐작되는 까닭: %4.</translation>
    </message>
</context>
<context>
    <name>vitrine::SessionsPanel</name>
    <message>
        <source>%1 (copy)</source>
        <translation>%1 (사본)</translation>
    </message>
    <message>
        <source>Delete “%1”</source>
        <translation>‘%1’ 지우기</translation>
    </message>
    <message numerus="yes">
        <source>Delete %Ln session(s)</source>
        <translation>
            <numerusform>세션 %Ln개 지우기</numerusform>
        </translation>
    </message>
    <message>
        <source>Deleted. Ctrl+Z brings it back.</source>
        <translation>지웠습니다. Ctrl+Z로 되돌릴 수 있습니다.</translation>
    </message>
    <message>
        <source>Running an answer again</source>
        <translation>재생해 확인</translation>
    </message>
    <message>
        <source>Export session</source>
        <translation>세션 내보내기</translation>
    </message>
    <message>
        <source>Session (*.%1)</source>
        <translation>세션 (*.%1)</translation>
    </message>
    <message>
        <source>Exported to %1</source>
        <translation>%1에 내보냈습니다</translation>
    </message>
    <message>
        <source>Import sessions</source>
        <translation>세션 가져오기</translation>
    </message>
    <message>
        <source>Sessions (*.vitrine *.json *.db)</source>
        <translation>세션 (*.vitrine *.json *.db)</translation>
    </message>
    <message numerus="yes">
        <source>%Ln session(s) imported</source>
        <translation>
            <numerusform>세션 %Ln개를 가져왔습니다</numerusform>
        </translation>
    </message>
    <message>
        <source>Sessions</source>
        <translation>세션</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>정렬</translation>
    </message>
    <message>
        <source>Open session in chat</source>
        <translation>세션을 대화에서 열기</translation>
    </message>
    <message>
        <source>Rename session (F2)</source>
        <translation>세션 이름 바꾸기 (F2)</translation>
    </message>
    <message>
        <source>Duplicate session</source>
        <translation>세션 복제</translation>
    </message>
    <message>
        <source>Run the answer again</source>
        <translation>답을 재생해 확인</translation>
    </message>
    <message>
        <source>Export session as Markdown…</source>
        <translation>세션을 Markdown으로 내보내기…</translation>
    </message>
    <message>
        <source>Export session as JSON…</source>
        <translation>세션을 JSON으로 내보내기…</translation>
    </message>
    <message>
        <source>Export session as .vitrine…</source>
        <translation>세션을 .vitrine으로 내보내기…</translation>
    </message>
    <message>
        <source>Delete session</source>
        <translation>세션 지우기</translation>
    </message>
    <message>
        <source>Import sessions…</source>
        <translation>세션 가져오기…</translation>
    </message>
    <message>
        <source>Every conversation with everything that produced it: model file and hash, settings, seed, tokens with their probabilities. It is saved while it happens.</source>
        <translation>모든 대화와 그것을 만든 모든 것: 모델 파일과 해시, 설정, 시드, 토큰과 그 확률. 일어나는 대로 저장됩니다.</translation>
    </message>
    <message>
        <source>Choose one session for its notes and its replay, two for a comparison. “Same on replay” means that the recorded commands, run again, gave the same tokens from first to last.</source>
        <translation>하나를 고르면 메모와 재생 결과를, 둘을 고르면 비교를 보여 줍니다. ‘재생 결과 같음’은 기록된 명령을 다시 실행했을 때 토큰이 처음부터 끝까지 같았다는 뜻입니다.</translation>
    </message>
    <message>
        <source>Replay compares token ids in order and stops at the first that differs.</source>
        <translation>재생은 토큰 번호를 차례로 비교하고 처음 다른 곳에서 멈춥니다.</translation>
    </message>
    <message>
        <source>The session file on this computer; nothing leaves it.</source>
        <translation>이 컴퓨터의 세션 파일. 밖으로 나가는 것은 없습니다.</translation>
    </message>
    <message>
        <source>A replay that differs is not an error: another instruction set or file rounds differently.</source>
        <translation>재생 결과가 다르다고 오류는 아닙니다. 명령어 집합이나 파일이 다르면 반올림이 달라집니다.</translation>
    </message>
    <message>
        <source>The same text does not mean the same inner values; two weight formats may agree on every token.</source>
        <translation>글이 같아도 내부 값까지 같은 것은 아닙니다. 가중치 형식이 달라도 모든 토큰이 같을 수 있습니다.</translation>
    </message>
    <message>
        <source>Search titles, messages, notes and tags</source>
        <translation>제목, 대화, 메모, 태그에서 찾기</translation>
    </message>
    <message>
        <source>Search sessions</source>
        <translation>세션 찾기</translation>
    </message>
    <message>
        <source>All words must occur; “quotation marks” keep words together</source>
        <translation>모든 낱말이 들어 있어야 합니다. “따옴표”는 낱말을 묶습니다</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>모든 기간</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>오늘</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>최근 7일</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>최근 30일</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>기간</translation>
    </message>
    <message>
        <source>Only sessions changed in this period</source>
        <translation>이 기간에 바뀐 세션만</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Only sessions answered by this model</source>
        <translation>이 모델이 답한 세션만</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>최근</translation>
    </message>
    <message>
        <source>Matching</source>
        <translation>관련</translation>
    </message>
    <message>
        <source>Newest first, by day</source>
        <translation>새것부터 날짜별로</translation>
    </message>
    <message>
        <source>Best match first</source>
        <translation>가장 잘 맞는 것부터</translation>
    </message>
    <message>
        <source>No session yet</source>
        <translation>아직 세션이 없습니다</translation>
    </message>
    <message>
        <source>Ask something in the chat: the conversation is kept here, with everything needed to run it again.</source>
        <translation>대화에서 물어보세요. 다시 실행하는 데 필요한 모든 것과 함께 여기에 남습니다.</translation>
    </message>
    <message>
        <source>Sessions are not saved</source>
        <translation>세션이 저장되지 않습니다</translation>
    </message>
    <message>
        <source>The session file could not be opened. What you do now is not kept.</source>
        <translation>세션 파일을 열지 못했습니다. 지금 하는 일은 남지 않습니다.</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>모든 모델</translation>
    </message>
    <message>
        <source>No session matches. Take away a word or a filter.</source>
        <translation>맞는 세션이 없습니다. 낱말이나 조건을 줄여 보세요.</translation>
    </message>
    <message>
        <source>Choose a session for its notes and its replay, or two (Ctrl+click) to compare them.</source>
        <translation>세션을 하나 고르면 메모와 재생을, 둘을 고르면(Ctrl+클릭) 비교를 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>not saved</source>
        <translation>저장 안 됨</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%2개 가운데 %1개</translation>
    </message>
    <message>
        <source>%1 chosen</source>
        <translation>%1개 고름</translation>
    </message>
</context>
<context>
    <name>vitrine::SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>모양</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>테마</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>Light or dark; changes at once</source>
        <translation>밝게 또는 어둡게. 바로 바뀝니다</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Size of everything</source>
        <translation>전체 크기</translation>
    </message>
    <message>
        <source>80 to 200 %; 100 % is 13 pixels for text</source>
        <translation>80~200 %. 100 %에서 글자는 13픽셀입니다</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <source>Changes at once</source>
        <translation>바로 바뀝니다</translation>
    </message>
    <message>
        <source>Colours of magnitude</source>
        <translation>크기를 나타내는 색</translation>
    </message>
    <message>
        <source>Cividis (colour-blind)</source>
        <translation>Cividis (색각 이상 배려)</translation>
    </message>
    <message>
        <source>The map of heat maps; both also read in grey</source>
        <translation>열지도의 색. 둘 다 흑백으로도 읽힙니다</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>엔진</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>스레드</translation>
    </message>
    <message>
        <source>Processor threads for the model; automatic uses all cores</source>
        <translation>모델이 쓰는 프로세서 스레드. 자동은 모든 코어를 씁니다</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>자동</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>정밀도</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>빠르게</translation>
    </message>
    <message>
        <source>Exact (float32 activations)</source>
        <translation>정확하게 (float32 활성값)</translation>
    </message>
    <message>
        <source>Exact computes with float32 activations, to compare with references; fast may quantize activations</source>
        <translation>정확하게는 기준 구현과 비교할 수 있도록 float32 활성값으로 계산하고, 빠르게는 활성값을 양자화할 수 있습니다</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV 캐시</translation>
    </message>
    <message>
        <source>How keys and values are kept</source>
        <translation>키와 값을 저장하는 형식</translation>
    </message>
    <message>
        <source>Memory for looking back</source>
        <translation>되돌아보기용 메모리</translation>
    </message>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source>Queries and hidden states kept of the answers; beyond it layers are computed again when looked at</source>
        <translation>답변의 쿼리와 은닉 상태를 보관하는 양. 넘으면 볼 때 층을 다시 계산합니다</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>답변 최대 길이</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation>토큰</translation>
    </message>
    <message>
        <source>An answer is cut here</source>
        <translation>답변을 여기서 자릅니다</translation>
    </message>
    <message>
        <source>Open the model again with these</source>
        <translation>이 설정으로 모델 다시 열기</translation>
    </message>
    <message>
        <source>Threads, KV cache and memory for looking back hold from the next opening on</source>
        <translation>스레드, KV 캐시, 되돌아보기용 메모리는 다음에 열 때부터 적용됩니다</translation>
    </message>
</context>
<context>
    <name>vitrine::StatusLine</name>
    <message>
        <source>Status</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Cancel the job</source>
        <translation>작업 취소</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>여는 중</translation>
    </message>
    <message>
        <source>Generating</source>
        <translation>생성 중</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>준비됨</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>모델 없음</translation>
    </message>
    <message>
        <source>tok/s</source>
        <translation>tok/s</translation>
    </message>
    <message>
        <source>Mean of the last answer: %1 tok/s</source>
        <translation>지난 답변 평균: %1 tok/s</translation>
    </message>
    <message>
        <source>Over the last second</source>
        <translation>최근 1초 동안</translation>
    </message>
    <message>
        <source>TTFT %1</source>
        <translation>첫 토큰 %1</translation>
    </message>
    <message>
        <source>Time to the first token</source>
        <translation>첫 토큰까지 걸린 시간 (TTFT)</translation>
    </message>
    <message>
        <source>Loaded in %1</source>
        <translation>%1 만에 열림</translation>
    </message>
    <message>
        <source>Weights %1</source>
        <translation>가중치 %1</translation>
    </message>
    <message>
        <source>Memory of the weights</source>
        <translation>가중치가 차지하는 메모리</translation>
    </message>
    <message>
        <source>Keys and values of the lanes, and what a full context would take</source>
        <translation>지금 저장된 키와 값, 그리고 문맥이 가득 찼을 때의 크기</translation>
    </message>
    <message>
        <source>Kept for looking back: %1</source>
        <translation>되돌아보기용으로 보관: %1</translation>
    </message>
    <message>
        <source>KV %1 of %2</source>
        <translation>KV %2 중 %1</translation>
    </message>
    <message>
        <source>Drop a model file or folder anywhere to open it</source>
        <translation>모델 파일이나 폴더를 아무 데나 놓으면 열립니다</translation>
    </message>
    <message>
        <source>%1 (+%2 more)</source>
        <translation>%1 (외 %2개)</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>%1 남음</translation>
    </message>
</context>
<context>
    <name>vitrine::StripBar</name>
    <message>
        <source>No token selected</source>
        <translation>선택한 토큰 없음</translation>
    </message>
    <message>
        <source>the answer, one chip for each token, appears here; arrow keys move through it</source>
        <translation>답변이 토큰마다 한 칸씩 여기에 나타납니다. 화살표 키로 옮겨 다닙니다</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>토큰 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>click one, or use the arrow keys</source>
        <translation>하나를 누르거나 화살표 키를 쓰세요</translation>
    </message>
    <message>
        <source>chat template</source>
        <translation>대화 템플릿</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>프롬프트</translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>%1단계</translation>
    </message>
    <message>
        <source>Selection</source>
        <translation>선택</translation>
    </message>
    <message>
        <source>Tokens of the answer</source>
        <translation>답변의 토큰</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>층</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>헤드</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>색</translation>
    </message>
    <message>
        <source>Colour of the chips</source>
        <translation>칸의 색</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>확률</translation>
    </message>
    <message>
        <source>Entropy</source>
        <translation>엔트로피</translation>
    </message>
    <message>
        <source>Rank</source>
        <translation>순위</translation>
    </message>
    <message>
        <source>How probable the model held the token</source>
        <translation>모델이 이 토큰에 준 확률</translation>
    </message>
    <message>
        <source>How undecided the model was, in nats</source>
        <translation>모델이 얼마나 망설였는지 (nats)</translation>
    </message>
    <message>
        <source>How many tokens the model held more probable, plus one</source>
        <translation>모델이 더 그럴듯하게 본 토큰 수에 1을 더한 값</translation>
    </message>
    <message>
        <source>Answer token %1 of %2</source>
        <translation>답변 토큰 %1 / %2</translation>
    </message>
    <message>
        <source>Prompt token %1 of %2</source>
        <translation>프롬프트 토큰 %1 / %2</translation>
    </message>
</context>
<context>
    <name>vitrine::TokenFlow</name>
    <message>
        <source>Tokens of the conversation</source>
        <translation>대화의 토큰</translation>
    </message>
    <message>
        <source>Token %1, id %2</source>
        <translation>토큰 %1, id %2</translation>
    </message>
    <message>
        <source>probability %1, rank %2, entropy %3 nats</source>
        <translation>확률 %1, 순위 %2, 엔트로피 %3 nats</translation>
    </message>
</context>
<context>
    <name>vitrine::TopBar</name>
    <message>
        <source>Search everything</source>
        <translation>전체 검색</translation>
    </message>
    <message>
        <source>Every action and panel by its name (Ctrl+K)</source>
        <translation>모든 동작과 패널을 이름으로 찾기 (Ctrl+K)</translation>
    </message>
    <message>
        <source>Layout: %1</source>
        <translation>배치: %1</translation>
    </message>
    <message>
        <source>Layout</source>
        <translation>배치</translation>
    </message>
    <message>
        <source>Arrange the panels for a purpose, save and bring back arrangements</source>
        <translation>목적에 맞게 패널을 놓고, 배치를 저장하고 되살립니다</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>테마</translation>
    </message>
    <message>
        <source>Light or dark theme</source>
        <translation>밝은 테마 또는 어두운 테마</translation>
    </message>
    <message>
        <source>Device and threads</source>
        <translation>장치와 스레드</translation>
    </message>
    <message>
        <source>Where the model runs; threads, precision, cache format</source>
        <translation>모델이 실행되는 곳. 스레드, 정밀도, 캐시 형식</translation>
    </message>
    <message>
        <source>Format of the KV cache</source>
        <translation>KV 캐시 형식</translation>
    </message>
    <message>
        <source>How keys and values are kept; changing it opens the model again</source>
        <translation>키와 값을 저장하는 형식. 바꾸면 모델을 다시 엽니다</translation>
    </message>
    <message>
        <source>Open another model</source>
        <translation>다른 모델 열기</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>여는 중…</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>모델 없음</translation>
    </message>
    <message>
        <source>open one</source>
        <translation>열어 주세요</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n thread(s)</source>
        <translation>
            <numerusform>%1, 스레드 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>KV cache %1</source>
        <translation>KV 캐시 %1</translation>
    </message>
</context>
<context>
    <name>vitrine::TurnView</name>
    <message>
        <source>Answer again with the next seed</source>
        <translation>다음 시드로 다시 답하기</translation>
    </message>
    <message>
        <source>Edit: the old text stays as another branch</source>
        <translation>고치기: 이전 글은 다른 갈래로 남습니다</translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation>글자 복사</translation>
    </message>
    <message>
        <source>Previous branch</source>
        <translation>이전 갈래</translation>
    </message>
    <message>
        <source>Next branch</source>
        <translation>다음 갈래</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>다시 묻기</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>버리기</translation>
    </message>
    <message>
        <source>Edit the question</source>
        <translation>질문 고치기</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>질문</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>답변</translation>
    </message>
    <message>
        <source>Thought</source>
        <translation>생각</translation>
    </message>
    <message>
        <source>You</source>
        <translation>나</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>글</translation>
    </message>
    <message>
        <source>Hide the thought</source>
        <translation>생각 숨기기</translation>
    </message>
    <message>
        <source>Show the thought</source>
        <translation>생각 보기</translation>
    </message>
    <message>
        <source>Thinking ...</source>
        <translation>생각하는 중…</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>토큰 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>TTFT %1</source>
        <translation>첫 토큰 %1</translation>
    </message>
    <message>
        <source>TTFT: time from the request to the first token. tok/s: tokens after the first, divided by the time they took.</source>
        <translation>첫 토큰: 요청부터 첫 토큰까지의 시간. tok/s: 첫 토큰 뒤의 토큰 수를 걸린 시간으로 나눈 값.</translation>
    </message>
</context>
<context>
    <name>vitrine::views::ExplainPage</name>
    <message>
        <source>Explanation</source>
        <translation>설명</translation>
    </message>
    <message>
        <source>Close the explanation</source>
        <translation>설명 닫기</translation>
    </message>
    <message>
        <source>Close the explanation (Esc)</source>
        <translation>설명 닫기 (Esc)</translation>
    </message>
    <message>
        <source>What it is</source>
        <translation>무엇인가</translation>
    </message>
    <message>
        <source>How to read it</source>
        <translation>읽는 법</translation>
    </message>
    <message>
        <source>Formula</source>
        <translation>식</translation>
    </message>
    <message>
        <source>Often misread</source>
        <translation>잘못 읽기 쉬운 점</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>출처</translation>
    </message>
</context>
<context>
    <name>vitrine::views::ImGuiHost</name>
    <message>
        <source>This picture needs OpenGL 3.3, which is not available here. Its table shows the same numbers.</source>
        <translation>이 그림에는 OpenGL 3.3이 필요한데 여기에는 없습니다. 표에서 같은 수를 볼 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::views::PanelFrame</name>
    <message>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Export the picture or its numbers</source>
        <translation>그림이나 그 수를 내보내기</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>표</translation>
    </message>
    <message>
        <source>The same numbers as a table</source>
        <translation>같은 수를 표로 보기</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>설명</translation>
    </message>
    <message>
        <source>What this is, how to read it, formula and source</source>
        <translation>이것이 무엇인지, 읽는 법, 식과 출처</translation>
    </message>
    <message>
        <source>More</source>
        <translation>더 보기</translation>
    </message>
    <message>
        <source>Picture as SVG…</source>
        <translation>그림을 SVG로…</translation>
    </message>
    <message>
        <source>Picture as PDF…</source>
        <translation>그림을 PDF로…</translation>
    </message>
    <message>
        <source>Picture as PNG…</source>
        <translation>그림을 PNG로…</translation>
    </message>
    <message>
        <source>Numbers as CSV…</source>
        <translation>수를 CSV로…</translation>
    </message>
    <message>
        <source>Numbers as NumPy .npz…</source>
        <translation>수를 NumPy .npz로…</translation>
    </message>
    <message>
        <source>Numbers of the picture</source>
        <translation>그림의 수</translation>
    </message>
</context>
<context>
    <name>vitrine::views::SeriesPlot</name>
    <message>
        <source> (log)</source>
        <translation> (로그)</translation>
    </message>
</context>
</TS>
