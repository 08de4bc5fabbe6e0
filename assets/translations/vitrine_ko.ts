<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko_KR">
<context>
    <name>DiagramLayout</name>
    <message>
        <source>%1: %2, %3, %4</source>
        <translation>%1: %2, %3, %4</translation>
    </message>
    <message>
        <source>residual</source>
        <translation>잔차</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Token embedding × %1</source>
        <translation>토큰 임베딩 × %1</translation>
    </message>
    <message>
        <source>Token embedding</source>
        <translation>토큰 임베딩</translation>
    </message>
    <message>
        <source>+ Position embedding</source>
        <translation>+ 위치 임베딩</translation>
    </message>
    <message>
        <source>+ Segment embedding</source>
        <translation>+ 구간 임베딩</translation>
    </message>
    <message>
        <source>%1 each</source>
        <translation>각 %1</translation>
    </message>
    <message>
        <source>norm of Q</source>
        <translation>Q 정규화</translation>
    </message>
    <message>
        <source>norm of K</source>
        <translation>K 정규화</translation>
    </message>
    <message>
        <source>Attention, causal</source>
        <translation>어텐션, 인과</translation>
    </message>
    <message>
        <source>Attention, both ways</source>
        <translation>어텐션, 양방향</translation>
    </message>
    <message>
        <source>last %1 tokens</source>
        <translation>지난 %1토큰</translation>
    </message>
    <message>
        <source>%1 queries share each K/V</source>
        <translation>쿼리 %1개가 K/V 하나를 함께 씀</translation>
    </message>
    <message>
        <source>scores capped at %1</source>
        <translation>점수를 %1로 제한</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Up</translation>
    </message>
    <message>
        <source>Up, %1</source>
        <translation>Up, %1</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>Down</translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Gate</translation>
    </message>
    <message>
        <source>Gate, %1</source>
        <translation>Gate, %1</translation>
    </message>
    <message>
        <source>n × %1 hidden states</source>
        <translation>은닉 상태 n × %1</translation>
    </message>
    <message>
        <source>%1, then tied output</source>
        <translation>%1, 그다음 공유 출력</translation>
    </message>
    <message>
        <source>Pooler, tanh</source>
        <translation>풀러, tanh</translation>
    </message>
    <message>
        <source>Dense, %1, norm</source>
        <translation>전결합, %1, 정규화</translation>
    </message>
    <message>
        <source>Tied output</source>
        <translation>공유 출력</translation>
    </message>
    <message>
        <source>Output head</source>
        <translation>출력 헤드</translation>
    </message>
    <message>
        <source>%1 logits</source>
        <translation>로짓 %1개</translation>
    </message>
    <message>
        <source>layer %1 of %2</source>
        <translation>층 %1 / %2</translation>
    </message>
    <message>
        <source>all alike, %1</source>
        <translation>모두 같음, %1</translation>
    </message>
    <message numerus="yes">
        <source>%n alike, %1</source>
        <translation>
            <numerusform>같은 것 %n개, %1</numerusform>
        </translation>
    </message>
    <message>
        <source>both branches read what enters the layer</source>
        <translation>두 갈래 모두 층의 입력을 읽습니다</translation>
    </message>
    <message>
        <source>Shared block, stored in layer %1</source>
        <translation>공유 블록, %1번 층에 저장됨</translation>
    </message>
    <message>
        <source>attention and feed-forward</source>
        <translation>어텐션과 피드포워드</translation>
    </message>
    <message>
        <source>+ attention beside it, %1 × %2</source>
        <translation>+ 나란히 놓인 어텐션, %1 × %2</translation>
    </message>
    <message numerus="yes">
        <source>Convolution along time, %n tap(s)</source>
        <translation>
            <numerusform>시간 축 합성곱, 탭 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>In</source>
        <translation>입력</translation>
    </message>
    <message>
        <source>Selective scan, state %1, gated</source>
        <translation>선택적 스캔, 상태 %1, 게이트</translation>
    </message>
    <message numerus="yes">
        <source>Selective scan, %n head(s), state %1, gated</source>
        <translation>
            <numerusform>선택적 스캔, 헤드 %n개, 상태 %1, 게이트</numerusform>
        </translation>
    </message>
    <message>
        <source>Time mixing, decay a channel, state %1</source>
        <translation>시간 혼합, 채널별 감쇠, 상태 %1</translation>
    </message>
    <message>
        <source>Gated linear recurrence, state %1</source>
        <translation>게이트 선형 순환, 상태 %1</translation>
    </message>
    <message numerus="yes">
        <source>Gated convolution along time, %n tap(s)</source>
        <translation>
            <numerusform>시간 축 게이트 합성곱, 탭 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>Rates</source>
        <translation>갱신률</translation>
    </message>
    <message numerus="yes">
        <source>Gated delta rule, %n head(s), state %1 each</source>
        <translation>
            <numerusform>게이트 델타 규칙, 헤드 %n개, 헤드마다 상태 %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Out</source>
        <translation>출력</translation>
    </message>
    <message>
        <source>Q, rank %1</source>
        <translation>Q, 랭크 %1</translation>
    </message>
    <message>
        <source>Latent of K and V</source>
        <translation>K와 V의 잠재 벡터</translation>
    </message>
    <message>
        <source>%1 + %2 RoPE</source>
        <translation>%1 + RoPE %2</translation>
    </message>
    <message>
        <source>K of the source</source>
        <translation>원문의 K</translation>
    </message>
    <message>
        <source>V of the source</source>
        <translation>원문의 V</translation>
    </message>
    <message>
        <source>Attention to the encoder&apos;s output</source>
        <translation>인코더 출력에 대한 어텐션</translation>
    </message>
    <message>
        <source>softmax</source>
        <translation>소프트맥스</translation>
    </message>
    <message>
        <source>sigmoid</source>
        <translation>시그모이드</translation>
    </message>
    <message>
        <source>softmax of the chosen</source>
        <translation>선택된 전문가의 소프트맥스</translation>
    </message>
    <message>
        <source>sparse mixer</source>
        <translation>스파스 믹서</translation>
    </message>
    <message>
        <source>Router, %1</source>
        <translation>라우터, %1</translation>
    </message>
    <message>
        <source>%1 of %2 experts</source>
        <translation>전문가 %2개 중 %1개</translation>
    </message>
    <message>
        <source>Experts, %1</source>
        <translation>전문가, %1</translation>
    </message>
    <message>
        <source>Shared expert, gated</source>
        <translation>공유 전문가, 게이트</translation>
    </message>
    <message>
        <source>Shared expert</source>
        <translation>공유 전문가</translation>
    </message>
    <message>
        <source>Sum weighted by the router, and the shared expert</source>
        <translation>라우터 가중합과 공유 전문가</translation>
    </message>
    <message>
        <source>Sum weighted by the router</source>
        <translation>라우터 가중합</translation>
    </message>
    <message>
        <source>R, sigmoid</source>
        <translation>R, 시그모이드</translation>
    </message>
    <message>
        <source>K, ReLU²</source>
        <translation>K, ReLU²</translation>
    </message>
    <message>
        <source>Channel mixing: R × (V K)</source>
        <translation>채널 혼합: R × (V K)</translation>
    </message>
    <message numerus="yes">
        <source>Latent attention, %n head(s), cache %1</source>
        <translation>
            <numerusform>잠재 어텐션, 헤드 %n개, 캐시 %1</numerusform>
        </translation>
    </message>
</context>
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
    <name>TensorOutline</name>
    <message>
        <source>token embedding</source>
        <translation>토큰 임베딩</translation>
    </message>
    <message>
        <source>position embedding</source>
        <translation>위치 임베딩</translation>
    </message>
    <message>
        <source>segment embedding</source>
        <translation>구간 임베딩</translation>
    </message>
    <message>
        <source>embedding norm</source>
        <translation>임베딩 정규화</translation>
    </message>
    <message>
        <source>attention norm</source>
        <translation>어텐션 정규화</translation>
    </message>
    <message>
        <source>feed-forward norm</source>
        <translation>피드포워드 정규화</translation>
    </message>
    <message>
        <source>norm after attention</source>
        <translation>어텐션 뒤 정규화</translation>
    </message>
    <message>
        <source>norm after feed-forward</source>
        <translation>피드포워드 뒤 정규화</translation>
    </message>
    <message>
        <source>attention</source>
        <translation>어텐션</translation>
    </message>
    <message>
        <source>feed-forward</source>
        <translation>피드포워드</translation>
    </message>
    <message>
        <source>q norm</source>
        <translation>q 정규화</translation>
    </message>
    <message>
        <source>k norm</source>
        <translation>k 정규화</translation>
    </message>
    <message>
        <source>output norm</source>
        <translation>출력 정규화</translation>
    </message>
    <message>
        <source>output head</source>
        <translation>출력 헤드</translation>
    </message>
    <message>
        <source>pooler</source>
        <translation>풀러</translation>
    </message>
    <message>
        <source>head transform</source>
        <translation>헤드 변환</translation>
    </message>
    <message>
        <source>head norm</source>
        <translation>헤드 정규화</translation>
    </message>
    <message>
        <source>%1 bias</source>
        <translation>%1 편향</translation>
    </message>
    <message>
        <source>all tensors</source>
        <translation>모든 텐서</translation>
    </message>
    <message>
        <source>matching tensors</source>
        <translation>맞는 텐서</translation>
    </message>
    <message>
        <source>not used by this architecture</source>
        <translation>이 구조가 쓰지 않음</translation>
    </message>
    <message>
        <source>layer %1</source>
        <translation>층 %1</translation>
    </message>
    <message>
        <source>layers %1 to %2</source>
        <translation>층 %1~%2</translation>
    </message>
    <message>
        <source>mixed</source>
        <translation>섞임</translation>
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
    <name>vitrine::AttentionModel</name>
    <message>
        <source>prompt token %1 of %2</source>
        <translation>프롬프트 토큰 %1 / %2</translation>
    </message>
    <message>
        <source>answer token %1 of %2 so far</source>
        <translation>답변 토큰 %1 / 지금까지 %2</translation>
    </message>
    <message>
        <source>answer token %1 of %2</source>
        <translation>답변 토큰 %1 / %2</translation>
    </message>
    <message>
        <source>Layer %1, mean over %2 heads</source>
        <translation>층 %1, 헤드 %2개 평균</translation>
    </message>
    <message>
        <source>Layer %1, head %2</source>
        <translation>층 %1, 헤드 %2</translation>
    </message>
    <message>
        <source>mean of layer %1</source>
        <translation>층 %1 평균</translation>
    </message>
    <message>
        <source>layer %1, head %2</source>
        <translation>층 %1, 헤드 %2</translation>
    </message>
    <message>
        <source>Picture is from %1</source>
        <translation>그림은 %1의 것입니다</translation>
    </message>
    <message>
        <source>%1 is on its way; picture is from %2</source>
        <translation>%1을(를) 불러오는 중입니다. 그림은 %2의 것입니다</translation>
    </message>
    <message>
        <source>%1 rows, not following</source>
        <translation>%1행, 따라가지 않음</translation>
    </message>
    <message>
        <source>the selected token is not read yet: newest row shown</source>
        <translation>선택한 토큰은 아직 읽지 않았습니다. 가장 새 행을 보입니다</translation>
    </message>
    <message>
        <source>newest row: %1</source>
        <translation>가장 새 행: %1</translation>
    </message>
    <message>
        <source>sink shown</source>
        <translation>싱크 보임</translation>
    </message>
    <message>
        <source>sink hidden</source>
        <translation>싱크 숨김</translation>
    </message>
    <message>
        <source>recomputed</source>
        <translation>다시 계산함</translation>
    </message>
    <message>
        <source>This model has no attention weights.</source>
        <translation>이 모델에는 어텐션 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>No attention to show yet.</source>
        <translation>아직 보여 줄 어텐션이 없습니다.</translation>
    </message>
    <message>
        <source>%1: &apos;%2&apos; looks most at &apos;%3&apos;, %4.</source>
        <translation>%1: &apos;%2&apos;이(가) 가장 많이 보는 것은 &apos;%3&apos;, %4.</translation>
    </message>
    <message>
        <source>First-token sink</source>
        <translation>첫 토큰 싱크</translation>
    </message>
    <message>
        <source>Previous token</source>
        <translation>바로 앞 토큰</translation>
    </message>
    <message>
        <source>Self</source>
        <translation>자기 자신</translation>
    </message>
    <message>
        <source>Induction</source>
        <translation>귀납</translation>
    </message>
    <message>
        <source>All other keys</source>
        <translation>나머지 키</translation>
    </message>
    <message>
        <source>this token</source>
        <translation>이 토큰</translation>
    </message>
    <message>
        <source>looks at</source>
        <translation>보는 곳</translation>
    </message>
    <message>
        <source>prompt %1</source>
        <translation>프롬프트 %1</translation>
    </message>
    <message>
        <source>row %1</source>
        <translation>행 %1</translation>
    </message>
    <message>
        <source>prompt row</source>
        <translation>프롬프트 행</translation>
    </message>
    <message>
        <source>source token %1 of %2</source>
        <translation>원문 토큰 %2개 중 %1번째</translation>
    </message>
    <message>
        <source>Cross-attention: %1</source>
        <translation>교차 어텐션: %1</translation>
    </message>
    <message>
        <source>Encoder: %1</source>
        <translation>인코더: %1</translation>
    </message>
    <message>
        <source>token %1 of %2</source>
        <translation>토큰 %2개 중 %1번째</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>첫 토큰</translation>
    </message>
    <message>
        <source>Next token</source>
        <translation>바로 다음 토큰</translation>
    </message>
    <message>
        <source>Last token</source>
        <translation>마지막 토큰</translation>
    </message>
</context>
<context>
    <name>vitrine::AttentionPanel</name>
    <message>
        <source>Attention</source>
        <translation>어텐션</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>눈금</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>층</translation>
    </message>
    <message>
        <source>Matrix</source>
        <translation>행렬</translation>
    </message>
    <message>
        <source>Links</source>
        <translation>연결선</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>평균</translation>
    </message>
    <message>
        <source>One head: rows look at columns</source>
        <translation>헤드 하나: 행이 열을 봅니다</translation>
    </message>
    <message>
        <source>The same weights as lines between the tokens, from 1 %</source>
        <translation>같은 가중치를 토큰 사이의 선으로, 1 %부터</translation>
    </message>
    <message>
        <source>The mean of the weights over all heads of the layer</source>
        <translation>층의 모든 헤드에 걸친 가중치 평균</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>선형</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>로그</translation>
    </message>
    <message>
        <source>Colour by weight, 0 to 100 %</source>
        <translation>가중치를 색으로, 0~100 %</translation>
    </message>
    <message>
        <source>Colour by the logarithm of the weight, 0.1 % to 100 %; smaller weights look like 0.1 %</source>
        <translation>가중치의 로그를 색으로, 0.1~100 %. 더 작은 값은 0.1 %처럼 보입니다</translation>
    </message>
    <message>
        <source>Show sink</source>
        <translation>싱크 보이기</translation>
    </message>
    <message>
        <source>The first token, which most heads look at when they have nothing else to do. Hidden, its column is left out; the other weights stay as they are.</source>
        <translation>대부분의 헤드가 달리 볼 것이 없을 때 보는 첫 토큰입니다. 숨기면 그 열만 빠지고 나머지 가중치는 그대로입니다.</translation>
    </message>
    <message>
        <source>Follow the stream</source>
        <translation>생성 따라가기</translation>
    </message>
    <message>
        <source>New rows appear while the answer is written, at most five times a second. Off: the picture waits until the answer is complete.</source>
        <translation>답변이 쓰이는 동안 새 행이 초당 최대 다섯 번 나타납니다. 끄면 답변이 끝날 때까지 기다립니다.</translation>
    </message>
    <message>
        <source>Heads of the five layers around the selected one, or of all layers</source>
        <translation>선택한 층 둘레 다섯 층의 헤드, 또는 모든 층의 헤드</translation>
    </message>
    <message>
        <source>Unfold the prompt</source>
        <translation>프롬프트 펼치기</translation>
    </message>
    <message>
        <source>A row and a column for each prompt token instead of one column for their sum</source>
        <translation>합을 보이는 한 열 대신 프롬프트 토큰마다 행과 열을 하나씩</translation>
    </message>
    <message>
        <source>Mean in a pixel</source>
        <translation>픽셀마다 평균</translation>
    </message>
    <message>
        <source>When a pixel covers many cells: their mean instead of their maximum</source>
        <translation>한 픽셀이 여러 칸을 덮을 때 최댓값 대신 평균을 씁니다</translation>
    </message>
    <message>
        <source>Attention as a matrix</source>
        <translation>어텐션을 행렬로</translation>
    </message>
    <message>
        <source>One head as rows and columns</source>
        <translation>헤드 하나를 행과 열로</translation>
    </message>
    <message>
        <source>Attention as links</source>
        <translation>어텐션을 연결선으로</translation>
    </message>
    <message>
        <source>One head as lines between tokens</source>
        <translation>헤드 하나를 토큰 사이의 선으로</translation>
    </message>
    <message>
        <source>Attention, mean over heads</source>
        <translation>어텐션, 헤드 평균</translation>
    </message>
    <message>
        <source>All heads of the layer, averaged</source>
        <translation>층의 모든 헤드를 평균</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>확대</translation>
    </message>
    <message>
        <source>Larger cells (+ in the picture)</source>
        <translation>칸을 크게 (그림에서 +)</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>축소</translation>
    </message>
    <message>
        <source>Smaller cells (- in the picture)</source>
        <translation>칸을 작게 (그림에서 -)</translation>
    </message>
    <message>
        <source>Usual size</source>
        <translation>보통 크기</translation>
    </message>
    <message>
        <source>Readable cells, newest rows (0 in the picture)</source>
        <translation>읽을 수 있는 칸, 가장 새 행 (그림에서 0)</translation>
    </message>
    <message>
        <source>Fit everything</source>
        <translation>전부 맞추기</translation>
    </message>
    <message>
        <source>The whole answer at once (F in the picture)</source>
        <translation>답변 전체를 한눈에 (그림에서 F)</translation>
    </message>
    <message>
        <source>What the head does</source>
        <translation>헤드가 하는 일</translation>
    </message>
    <message>
        <source>Each answer token&apos;s weights sorted into five classes, first match counts: first token; itself; the token before; a key after an earlier occurrence of the same token; the rest. Mean over the answer tokens, sums to 100 %.</source>
        <translation>답변 토큰마다 가중치를 다섯 갈래로 나눕니다. 먼저 맞는 것에 넣습니다: 첫 토큰, 자기 자신, 바로 앞 토큰, 같은 토큰이 앞서 나온 곳의 다음 키, 나머지. 답변 토큰에 걸친 평균이며 합은 100 %입니다.</translation>
    </message>
    <message>
        <source>Keys of the selected row</source>
        <translation>선택한 행의 키</translation>
    </message>
    <message>
        <source>How much each token takes from every earlier one. For a token (row), a head compares its query with the keys of all tokens up to itself and turns the results into weights that sum to 100 %; the values of those tokens are then mixed by these weights.</source>
        <translation>각 토큰이 앞선 토큰에서 얼마나 가져오는지 보입니다. 토큰(행)마다 헤드는 자신의 쿼리를 자신까지의 모든 키와 견주어 합이 100 %인 가중치로 바꾸고, 그 가중치로 값을 섞습니다.</translation>
    </message>
    <message>
        <source>A strong cell: the row&apos;s token takes much from the column&apos;s token. A strong first column is a sink: the head rests. A diagonal is the token itself or the one before. A strong cell after an earlier occurrence of the same word is induction: the head looks up what came next last time. The bars below show the framed row on a linear scale; the folded prompt column is the sum over its tokens.</source>
        <translation>뚜렷한 칸은 행의 토큰이 열의 토큰에서 많이 가져온다는 뜻입니다. 뚜렷한 첫 열은 싱크로, 헤드가 쉬는 것입니다. 대각선은 자기 자신이나 바로 앞 토큰입니다. 같은 낱말이 앞서 나온 곳 다음의 뚜렷한 칸은 귀납으로, 헤드가 지난번에 이어진 것을 찾아보는 것입니다. 아래 막대는 테두리 친 행을 선형 눈금으로 보이며, 접힌 프롬프트 열은 그 토큰들의 합입니다.</translation>
    </message>
    <message>
        <source>Vaswani et al. 2017, Attention Is All You Need, section 3.2; induction: Olsson et al. 2022</source>
        <translation>Vaswani 외 2017, Attention Is All You Need, 3.2절. 귀납: Olsson 외 2022</translation>
    </message>
    <message>
        <source>&quot;The model chose this word because of the strong token.&quot; The weights say what was read in one head of one layer, not what changed the outcome; values, later layers and the residual stream decide. To test a cause, change it and look again.</source>
        <translation>&quot;뚜렷한 토큰 때문에 모델이 이 낱말을 골랐다.&quot; 가중치는 한 층의 한 헤드가 무엇을 읽었는지를 말할 뿐, 무엇이 결과를 바꿨는지는 말하지 않습니다. 값과 뒤의 층, 잔차 흐름이 정합니다. 원인을 확인하려면 바꿔 보고 다시 보세요.</translation>
    </message>
    <message>
        <source>&quot;The row of a word shows why this word was written.&quot; A row is computed when its token is read; it helps to choose the next token. What led to a word stands in the row above it.</source>
        <translation>&quot;낱말의 행은 그 낱말이 쓰인 까닭을 보인다.&quot; 행은 그 토큰을 읽을 때 계산되어 다음 토큰을 고르는 데 쓰입니다. 어떤 낱말로 이끈 것은 그 위의 행에 있습니다.</translation>
    </message>
    <message>
        <source>Why does the KV cache grow with every token?</source>
        <translation>KV 캐시는 왜 토큰마다 커지나요?</translation>
    </message>
    <message>
        <source>Recomputing the attention of a saved answer</source>
        <translation>저장된 답변의 어텐션을 다시 계산하는 중</translation>
    </message>
    <message>
        <source>This model has no attention</source>
        <translation>이 모델에는 어텐션이 없습니다</translation>
    </message>
    <message>
        <source>It mixes tokens in another way; there are no weights between tokens to show.</source>
        <translation>토큰을 다른 방식으로 섞으므로 보여 줄 토큰 사이 가중치가 없습니다.</translation>
    </message>
    <message>
        <source>The attention of this answer is not computed</source>
        <translation>이 답변의 어텐션은 계산되어 있지 않습니다</translation>
    </message>
    <message>
        <source>The answer comes from a saved session: its layers have to be run once more over the same tokens.</source>
        <translation>저장된 세션의 답변이라 같은 토큰에 대해 층을 한 번 더 실행해야 합니다.</translation>
    </message>
    <message>
        <source>Compute it</source>
        <translation>계산하기</translation>
    </message>
    <message>
        <source>Where each token looks</source>
        <translation>각 토큰이 보는 곳</translation>
    </message>
    <message>
        <source>The picture begins with the first answer token.</source>
        <translation>그림은 첫 답변 토큰부터 시작합니다.</translation>
    </message>
    <message>
        <source>One row for each token of the answer, one column for each token it can look at.</source>
        <translation>답변 토큰마다 한 행, 그 토큰이 볼 수 있는 토큰마다 한 열입니다.</translation>
    </message>
    <message>
        <source>Attention is not attribution. Recomputed in float32: the layers were run again over the saved tokens.</source>
        <translation>어텐션은 원인의 증거가 아닙니다. float32로 다시 계산했습니다: 저장된 토큰에 대해 층을 다시 실행했습니다.</translation>
    </message>
    <message>
        <source>Attention is not attribution. Weights computed in float32 from the kept queries of this answer; the model was not run again.</source>
        <translation>어텐션은 원인의 증거가 아닙니다. 이 답변의 보관된 쿼리로 float32에서 계산했고, 모델을 다시 실행하지 않았습니다.</translation>
    </message>
    <message>
        <source>Attention is not attribution.</source>
        <translation>어텐션은 원인의 증거가 아닙니다.</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1~%2</translation>
    </message>
    <message>
        <source>Around</source>
        <translation>둘레</translation>
    </message>
    <message>
        <source>All %1</source>
        <translation>전체 %1</translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>Heads 0 to %1, layers %2 to %3</source>
        <translation>헤드 0~%1, 층 %2~%3</translation>
    </message>
    <message>
        <source>Layer %1, all heads</source>
        <translation>층 %1, 모든 헤드</translation>
    </message>
    <message>
        <source>Head %1.%2</source>
        <translation>헤드 %1.%2</translation>
    </message>
    <message>
        <source>Where answer token %1  %2  looks</source>
        <translation>답변 토큰 %1  %2  에서 보는 곳</translation>
    </message>
    <message>
        <source>Where prompt token %1  %2  looks</source>
        <translation>프롬프트 토큰 %1  %2  에서 보는 곳</translation>
    </message>
    <message>
        <source>weight, log</source>
        <translation>가중치, 로그</translation>
    </message>
    <message>
        <source>weight, linear</source>
        <translation>가중치, 선형</translation>
    </message>
    <message>
        <source>, from 1 %</source>
        <translation>, 1 %부터</translation>
    </message>
    <message>
        <source>, mean</source>
        <translation>, 평균</translation>
    </message>
    <message>
        <source>, maximum</source>
        <translation>, 최댓값</translation>
    </message>
    <message>
        <source>masked</source>
        <translation>가려짐</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>키</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>토큰</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>행</translation>
    </message>
    <message>
        <source>prompt %1, sum</source>
        <translation>프롬프트 %1, 합</translation>
    </message>
    <message>
        <source>attention layer %1 mean</source>
        <translation>어텐션 층 %1 평균</translation>
    </message>
    <message>
        <source>attention layer %1 head %2</source>
        <translation>어텐션 층 %1 헤드 %2</translation>
    </message>
    <message>
        <source>Attention: %1</source>
        <translation>어텐션: %1</translation>
    </message>
    <message>
        <source>share of attention over %1 answer tokens</source>
        <translation>답변 토큰 %1개에 걸친 어텐션 비율</translation>
    </message>
    <message>
        <source>share of attention over %1 prompt tokens</source>
        <translation>프롬프트 토큰 %1개에 걸친 어텐션 비율</translation>
    </message>
    <message>
        <source>Heads of all layers</source>
        <translation>모든 층의 헤드</translation>
    </message>
    <message>
        <source>Whose attention</source>
        <translation>어느 어텐션</translation>
    </message>
    <message>
        <source>Self</source>
        <translation>자기</translation>
    </message>
    <message>
        <source>Cross</source>
        <translation>교차</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>인코더</translation>
    </message>
    <message>
        <source>The answer&apos;s tokens look back at each other: softmax(q kᵀ / √d + mask)</source>
        <translation>답변의 토큰들이 앞선 서로를 봅니다: softmax(q kᵀ / √d + mask)</translation>
    </message>
    <message>
        <source>The answer&apos;s tokens look at what the encoder made of the source: queries from the answer, keys and values from the source, no mask</source>
        <translation>답변의 토큰이 인코더가 원문에서 만든 것을 봅니다: 쿼리는 답변에서, 키와 값은 원문에서 오며 마스크는 없습니다</translation>
    </message>
    <message>
        <source>The source&apos;s tokens look at each other, both ways</source>
        <translation>원문의 토큰들이 양방향으로 서로를 봅니다</translation>
    </message>
    <message>
        <source>each answer token over the source&apos;s</source>
        <translation>답변 토큰마다 원문 토큰에 나눈 몫</translation>
    </message>
    <message>
        <source>share of attention over %1 source tokens</source>
        <translation>원문 토큰 %1개에 걸친 어텐션 몫</translation>
    </message>
    <message>
        <source>Where source token %1  %2  looks</source>
        <translation>원문 토큰 %1  %2  이(가) 보는 곳</translation>
    </message>
    <message>
        <source>cross %1</source>
        <translation>교차 %1</translation>
    </message>
    <message>
        <source>encoder %1</source>
        <translation>인코더 %1</translation>
    </message>
    <message>
        <source>How much each token takes from every token of the text, before and after it. For a token (row), a head compares its query with the keys of all tokens and turns the results into weights that sum to 100 %; the values of those tokens are then mixed by these weights.</source>
        <translation>각 토큰이 글의 모든 토큰에서, 앞과 뒤를 가리지 않고 얼마나 가져오는지 보입니다. 토큰(행)마다 헤드는 자신의 쿼리를 모든 토큰의 키와 견주어 합이 100 %인 가중치로 바꾸고, 그 가중치로 값을 섞습니다.</translation>
    </message>
    <message>
        <source>A strong cell: the row&apos;s token takes much from the column&apos;s token. Diagonals beside the middle are the neighbours. A strong column of a separator such as [SEP] or of the first token is a rest: the head finds nothing of its kind in the text. The bars below show the framed row on a linear scale; click a token&apos;s row, here or in the strip, to frame it.</source>
        <translation>뚜렷한 칸은 행의 토큰이 열의 토큰에서 많이 가져온다는 뜻입니다. 가운데 대각선 바로 옆의 대각선은 이웃 토큰입니다. [SEP] 같은 구분 토큰이나 첫 토큰의 열이 뚜렷하면 헤드가 쉬는 것입니다. 글에서 자기가 찾는 것을 찾지 못했을 때 그렇습니다. 아래 막대는 테두리 친 행을 선형 눈금으로 보입니다. 여기나 토큰 띠에서 토큰을 누르면 그 행에 테두리가 쳐집니다.</translation>
    </message>
    <message>
        <source>Devlin et al. 2019, arXiv:1810.04805; what heads look at: Clark et al. 2019, arXiv:1906.04341</source>
        <translation>Devlin 외 2019, arXiv:1810.04805; 헤드가 보는 것: Clark 외 2019, arXiv:1906.04341</translation>
    </message>
    <message>
        <source>&quot;The model understood the sentence by these words.&quot; The weights say what was read in one head of one layer, not what changed the outcome; values, later layers and the residual stream decide.</source>
        <translation>&quot;모델은 이 낱말들로 문장을 이해했다.&quot; 가중치는 한 층의 한 헤드가 무엇을 읽었는지를 말할 뿐, 무엇이 결과를 바꿨는지는 말하지 않습니다. 값과 뒤의 층, 잔차 흐름이 정합니다.</translation>
    </message>
    <message>
        <source>&quot;A head that looks at [SEP] thinks separators matter.&quot; It is mostly where heads put what they have no use for: the values there are small.</source>
        <translation>&quot;[SEP]을 보는 헤드는 구분 토큰을 중요하게 여긴다.&quot; 대개는 헤드가 쓸데없는 몫을 두는 자리입니다. 그곳의 값은 작습니다.</translation>
    </message>
    <message>
        <source>One row and one column for each token of a text. Type a text in the Encoder panel: all heads of every layer are shown here.</source>
        <translation>글의 토큰마다 행과 열이 하나씩 생깁니다. 인코더 패널에 글을 입력하면 모든 층의 모든 헤드가 여기에 나타납니다.</translation>
    </message>
    <message>
        <source>Open Encoder</source>
        <translation>인코더 열기</translation>
    </message>
    <message>
        <source>Attention is not attribution. Weights computed in float32 from the kept queries of this text.</source>
        <translation>어텐션은 원인의 증거가 아닙니다. 이 글의 보관된 쿼리로 float32에서 계산했습니다.</translation>
    </message>
    <message>
        <source>Each token&apos;s weights sorted into six classes, first match counts: itself; the first token, such as [CLS]; the last, such as [SEP]; the token before; the token after; the rest. Mean over the tokens, sums to 100 %.</source>
        <translation>토큰마다 가중치를 여섯 갈래로 나눕니다. 먼저 맞는 것에 넣습니다: 자기 자신, [CLS] 같은 첫 토큰, [SEP] 같은 마지막 토큰, 바로 앞 토큰, 바로 다음 토큰, 나머지. 토큰에 걸친 평균이며 합은 100 %입니다.</translation>
    </message>
    <message>
        <source>share of attention over %1 tokens</source>
        <translation>토큰 %1개에 걸친 어텐션 비율</translation>
    </message>
    <message>
        <source>Where token %1  %2  looks</source>
        <translation>토큰 %1  %2  이(가) 보는 곳</translation>
    </message>
</context>
<context>
    <name>vitrine::BeamChoice</name>
    <message>
        <source>Beams</source>
        <translation>빔</translation>
    </message>
    <message>
        <source>1: each token is drawn by the sampler as it comes. More: so many answers are kept side by side and the one with the best log-probability / length^penalty (nats) is told when it is complete; the checkpoint says which length penalty.</source>
        <translation>1: 토큰마다 샘플러가 그때그때 뽑습니다. 2 이상: 그 수만큼의 답변을 나란히 두고, 로그 확률 / 길이^벌점(nat)이 가장 좋은 답변을 완성되면 보여 줍니다. 길이 벌점은 체크포인트가 정합니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::ChatPanel</name>
    <message>
        <source>Open a model</source>
        <translation>모델 열기</translation>
    </message>
    <message>
        <source>Drop a GGUF file or a folder with safetensors anywhere, or choose one that is already on this machine.</source>
        <translation>GGUF 파일이나 safetensors가 든 폴더를 창 아무 곳에나 끌어다 놓거나, 이 컴퓨터에 이미 있는 모델을 고르세요.</translation>
    </message>
    <message>
        <source>Open a model…</source>
        <translation>모델 열기…</translation>
    </message>
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
    <message>
        <source>the sampler being tried would draw %1</source>
        <translation>시험 중인 샘플러라면 %1을(를) 뽑습니다</translation>
    </message>
    <message>
        <source>Continue with another token</source>
        <translation>다른 토큰으로 이어 쓰기</translation>
    </message>
    <message>
        <source>What the model expected at prompt token %1</source>
        <translation>프롬프트 토큰 %1에서 모델이 예상한 것</translation>
    </message>
    <message>
        <source>Begin with %1</source>
        <translation>%1(으)로 시작</translation>
    </message>
    <message>
        <source>The token that the tokenizer puts before a text</source>
        <translation>토크나이저가 글 앞에 붙이는 토큰</translation>
    </message>
    <message>
        <source>This checkpoint has no tokenizer</source>
        <translation>이 체크포인트에는 토크나이저가 없습니다</translation>
    </message>
    <message>
        <source>Text to answer: a sentence to translate, a page to sum up</source>
        <translation>답할 글: 옮길 문장이나 줄일 글</translation>
    </message>
    <message>
        <source>An encoder reads each text by itself, a decoder writes the answer to it.</source>
        <translation>인코더가 글마다 따로 읽고, 디코더가 그에 대한 답을 씁니다.</translation>
    </message>
    <message>
        <source>This model reads, it does not write</source>
        <translation>이 모델은 읽기만 하고 쓰지 않습니다</translation>
    </message>
    <message>
        <source>It is an encoder: it fills masked words and compares sentences in the panel Encoder.</source>
        <translation>인코더입니다. 인코더 패널에서 가려진 낱말을 채우고 문장을 비교합니다.</translation>
    </message>
    <message>
        <source>Open Encoder</source>
        <translation>인코더 열기</translation>
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
    <name>vitrine::DiagramView</name>
    <message>
        <source>Architecture diagram</source>
        <translation>구조 그림</translation>
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
    <name>vitrine::DrawView</name>
    <message>
        <source>The draw</source>
        <translation>추첨</translation>
    </message>
    <message>
        <source>u = %1</source>
        <translation>u = %1</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>전</translation>
    </message>
    <message>
        <source>After</source>
        <translation>후</translation>
    </message>
    <message>
        <source>Entropy, nats</source>
        <translation>엔트로피, nats</translation>
    </message>
    <message>
        <source>Largest</source>
        <translation>최대</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>후보</translation>
    </message>
    <message>
        <source>%1: %2
The token whose stretch holds u is drawn; u depends only on seed and step.</source>
        <translation>%1: %2
u가 놓인 구간의 토큰을 뽑습니다. u는 시드와 단계에만 달려 있습니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::EncoderModel</name>
    <message>
        <source>No model is open.</source>
        <translation>열린 모델이 없습니다.</translation>
    </message>
    <message>
        <source>The checkpoint has no tokenizer.</source>
        <translation>체크포인트에 토크나이저가 없습니다.</translation>
    </message>
    <message>
        <source>This model writes text from left to right; sentences are compared by encoders, or by checkpoints with a modules.json.</source>
        <translation>이 모델은 왼쪽에서 오른쪽으로 글을 씁니다. 문장 비교는 인코더나 modules.json이 있는 체크포인트가 합니다.</translation>
    </message>
    <message>
        <source>The checkpoint names no mask token.</source>
        <translation>체크포인트에 마스크 토큰이 지정되어 있지 않습니다.</translation>
    </message>
    <message>
        <source>This model predicts the next token, not one in the middle; masks are filled by masked-language models such as BERT.</source>
        <translation>이 모델은 가운데가 아니라 다음 토큰을 예측합니다. 마스크는 BERT 같은 마스크 언어 모델이 채웁니다.</translation>
    </message>
    <message>
        <source>This checkpoint has no masked-language head: it makes vectors of texts.</source>
        <translation>이 체크포인트에는 마스크 언어 모델 헤드가 없습니다. 글을 벡터로 바꿉니다.</translation>
    </message>
    <message>
        <source>Mask %1 of %2: entropy %3 nats</source>
        <translation>마스크 %2개 중 %1번째: 엔트로피 %3 nat</translation>
    </message>
    <message>
        <source>%1 other tokens</source>
        <translation>다른 토큰 %1개</translation>
    </message>
    <message>
        <source>Probability that a token was replaced</source>
        <translation>토큰이 바뀐 것일 확률</translation>
    </message>
    <message>
        <source>dot product</source>
        <translation>내적</translation>
    </message>
    <message>
        <source>negative Euclidean distance</source>
        <translation>음의 유클리드 거리</translation>
    </message>
    <message>
        <source>negative Manhattan distance</source>
        <translation>음의 맨해튼 거리</translation>
    </message>
    <message>
        <source>cosine</source>
        <translation>코사인</translation>
    </message>
    <message>
        <source>%1 tokens read</source>
        <translation>토큰 %1개 읽음</translation>
    </message>
    <message numerus="yes">
        <source>%n sentence(s)</source>
        <translation>
            <numerusform>문장 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 values each</source>
        <translation>값 %1개씩</translation>
    </message>
    <message>
        <source>pooling: %1</source>
        <translation>풀링: %1</translation>
    </message>
    <message>
        <source>length 1</source>
        <translation>길이 1</translation>
    </message>
    <message>
        <source>%1 cut at %2 tokens</source>
        <translation>%1개는 %2토큰에서 잘림</translation>
    </message>
    <message>
        <source>Nothing is filled in yet.</source>
        <translation>아직 채운 것이 없습니다.</translation>
    </message>
    <message>
        <source>%1: %2, %3.</source>
        <translation>%1: %2, %3.</translation>
    </message>
    <message>
        <source>Nothing is compared yet.</source>
        <translation>아직 비교한 것이 없습니다.</translation>
    </message>
    <message>
        <source>Most alike of %1 sentences: &apos;%2&apos; and &apos;%3&apos;, %4 %5.</source>
        <translation>문장 %1개 가운데 가장 비슷한 둘: &apos;%2&apos;, &apos;%3&apos;, %4 %5.</translation>
    </message>
</context>
<context>
    <name>vitrine::EncoderPanel</name>
    <message>
        <source>No masks to fill here</source>
        <translation>여기서는 채울 마스크가 없습니다</translation>
    </message>
    <message>
        <source>No sentences to compare here</source>
        <translation>여기서는 비교할 문장이 없습니다</translation>
    </message>
    <message>
        <source>What an encoder makes of texts</source>
        <translation>인코더가 글에서 만드는 것</translation>
    </message>
    <message>
        <source>Alike means near in this model&apos;s space; it is no measure of truth or of agreement.</source>
        <translation>비슷하다는 것은 이 모델의 공간에서 가깝다는 뜻일 뿐, 참인지 뜻이 맞는지를 재지는 않습니다.</translation>
    </message>
    <message>
        <source>The discriminator reads the text and says of each token whether another model put it there.</source>
        <translation>판별기가 글을 읽고 토큰마다 다른 모델이 바꿔 넣은 것인지 말합니다.</translation>
    </message>
    <message>
        <source>Put %1 where a word is missing.</source>
        <translation>낱말이 빠진 자리에 %1을(를) 넣으세요.</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>읽는 중…</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>토큰</translation>
    </message>
    <message>
        <source>Sentence</source>
        <translation>문장</translation>
    </message>
    <message>
        <source>Probability</source>
        <translation>확률</translation>
    </message>
    <message>
        <source>masked words</source>
        <translation>가려진 낱말</translation>
    </message>
    <message>
        <source>sentence similarity</source>
        <translation>문장 유사도</translation>
    </message>
    <message>
        <source>Encoder</source>
        <translation>인코더</translation>
    </message>
    <message>
        <source>What is asked</source>
        <translation>묻는 것</translation>
    </message>
    <message>
        <source>Masked words</source>
        <translation>가려진 낱말</translation>
    </message>
    <message>
        <source>Sentences</source>
        <translation>문장</translation>
    </message>
    <message>
        <source>What the model would put at each mask: softmax of the logits there, in percent</source>
        <translation>모델이 마스크마다 넣을 토큰: 그 자리 로짓의 소프트맥스, 퍼센트</translation>
    </message>
    <message>
        <source>One vector a sentence, pooled as the checkpoint says, and how alike each pair is</source>
        <translation>체크포인트가 정한 풀링으로 문장마다 벡터 하나, 그리고 두 문장씩의 비슷한 정도</translation>
    </message>
    <message>
        <source>Text with masks</source>
        <translation>마스크가 있는 글</translation>
    </message>
    <message>
        <source>Insert a mask</source>
        <translation>마스크 넣기</translation>
    </message>
    <message>
        <source>Puts the tokenizer&apos;s mask token at the cursor</source>
        <translation>커서 자리에 토크나이저의 마스크 토큰을 넣습니다</translation>
    </message>
    <message>
        <source>Sentences, one a line</source>
        <translation>문장, 한 줄에 하나</translation>
    </message>
    <message>
        <source>Similarity of the sentences</source>
        <translation>문장의 유사도</translation>
    </message>
    <message>
        <source>Cosine of two vectors a and b: a·b / (|a| |b|), from -1 to 1, without unit; another measure where the checkpoint names one</source>
        <translation>두 벡터 a, b의 코사인: a·b / (|a| |b|), -1에서 1까지, 단위 없음. 체크포인트가 다른 척도를 정하면 그것을 씁니다</translation>
    </message>
    <message>
        <source>Fill masks</source>
        <translation>마스크 채우기</translation>
    </message>
    <message>
        <source>Words for the masks of a text</source>
        <translation>글의 마스크에 들어갈 낱말</translation>
    </message>
    <message>
        <source>Compare sentences</source>
        <translation>문장 비교</translation>
    </message>
    <message>
        <source>How alike the sentences of a list are</source>
        <translation>목록의 문장들이 서로 비슷한 정도</translation>
    </message>
    <message>
        <source>An encoder reads a whole text at once, each token looking both ways. A masked-language model was trained to guess words that were hidden; a sentence encoder turns a text into one vector, so that texts with like meaning lie near each other.</source>
        <translation>인코더는 글 전체를 한꺼번에 읽으며 토큰마다 양쪽을 봅니다. 마스크 언어 모델은 가려진 낱말을 맞히도록 학습되었고, 문장 인코더는 글을 벡터 하나로 바꿔 뜻이 비슷한 글이 서로 가까이 놓이게 합니다.</translation>
    </message>
    <message>
        <source>Masked words: the longer a bar, the more probable the word at that place; low entropy means the model is sure. Sentences: a bright cell means the two sentences point in nearly the same direction; the diagonal is each sentence with itself.</source>
        <translation>가려진 낱말: 막대가 길수록 그 자리에 그 낱말이 올 확률이 큽니다. 엔트로피가 낮으면 모델이 확신하는 것입니다. 문장: 밝은 칸은 두 문장이 거의 같은 방향을 가리킨다는 뜻이고, 대각선은 문장 자신과의 비교입니다.</translation>
    </message>
    <message>
        <source>Devlin et al. 2019, arXiv:1810.04805; Reimers and Gurevych 2019, arXiv:1908.10084; Clark et al. 2020, arXiv:2003.10555</source>
        <translation>Devlin 외 2019, arXiv:1810.04805; Reimers, Gurevych 2019, arXiv:1908.10084; Clark 외 2020, arXiv:2003.10555</translation>
    </message>
    <message>
        <source>&quot;The most probable word is the true one.&quot; The model repeats what its texts said, not what is so.</source>
        <translation>&quot;가장 확률이 높은 낱말이 참이다.&quot; 모델은 학습한 글이 말한 것을 되풀이할 뿐, 실제로 그런지를 말하지 않습니다.</translation>
    </message>
    <message>
        <source>&quot;0.7 means 70 percent alike.&quot; Cosines of one model can be compared with each other only; their zero and scale differ from model to model.</source>
        <translation>&quot;0.7은 70퍼센트 비슷하다는 뜻이다.&quot; 코사인은 같은 모델 안에서만 서로 비교할 수 있고, 0의 뜻과 눈금은 모델마다 다릅니다.</translation>
    </message>
    <message>
        <source>The text is read anew while you type; the attention panel shows how its tokens look at each other</source>
        <translation>입력하는 동안 글을 새로 읽습니다. 토큰들이 서로를 어떻게 보는지는 어텐션 패널에 나타납니다</translation>
    </message>
    <message>
        <source>Up to %1 sentences; they are compared anew while you type. The attention panel shows the one the cursor is in.</source>
        <translation>문장 %1개까지. 입력하는 동안 새로 비교합니다. 어텐션 패널은 커서가 있는 문장을 보여 줍니다.</translation>
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
    <name>vitrine::FactsPage</name>
    <message>
        <source>Filter the metadata</source>
        <translation>메타데이터 거르기</translation>
    </message>
    <message>
        <source>Part of a key or a value</source>
        <translation>키나 값의 일부</translation>
    </message>
    <message>
        <source>Metadata of the checkpoint</source>
        <translation>체크포인트의 메타데이터</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>키</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>경로</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>크기</translation>
    </message>
    <message>
        <source>not there any more</source>
        <translation>더는 없음</translation>
    </message>
    <message>
        <source>%1 (%2 bytes)</source>
        <translation>%1 (%2바이트)</translation>
    </message>
    <message>
        <source>not computed yet</source>
        <translation>아직 계산하지 않음</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>파일 형식</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>라이선스</translation>
    </message>
    <message>
        <source>not stated in the checkpoint</source>
        <translation>체크포인트에 적혀 있지 않음</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>구조</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation>저장 형식</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>층</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>너비</translation>
    </message>
    <message>
        <source>%1 channels</source>
        <translation>채널 %1개</translation>
    </message>
    <message>
        <source>Vocabulary</source>
        <translation>어휘</translation>
    </message>
    <message>
        <source>%1 entries</source>
        <translation>항목 %1개</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>문맥</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1토큰</translation>
    </message>
    <message>
        <source>base %1, %2 of each head&apos;s channels</source>
        <translation>밑 %1, 헤드 채널 중 %2</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>실행 장치</translation>
    </message>
    <message>
        <source>Tokenizer</source>
        <translation>토크나이저</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>종류</translation>
    </message>
    <message>
        <source>Normalizer</source>
        <translation>정규화기</translation>
    </message>
    <message>
        <source>Pre-tokenizer</source>
        <translation>사전 토크나이저</translation>
    </message>
    <message>
        <source>Post-processor</source>
        <translation>후처리기</translation>
    </message>
    <message>
        <source>Decoder</source>
        <translation>디코더</translation>
    </message>
    <message>
        <source>Entries</source>
        <translation>항목</translation>
    </message>
    <message>
        <source>%1, of these %2 added</source>
        <translation>%1, 그중 %2개는 추가됨</translation>
    </message>
    <message>
        <source>Begin of text</source>
        <translation>글 시작</translation>
    </message>
    <message>
        <source>Padding</source>
        <translation>채움</translation>
    </message>
    <message>
        <source>Ends an answer</source>
        <translation>답변을 끝냄</translation>
    </message>
    <message>
        <source>Adds begin of text</source>
        <translation>글 시작 토큰을 붙임</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>예</translation>
    </message>
    <message>
        <source>no</source>
        <translation>아니요</translation>
    </message>
    <message>
        <source>the checkpoint has none</source>
        <translation>체크포인트에 없음</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>대화 템플릿</translation>
    </message>
    <message>
        <source>From</source>
        <translation>출처</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>길이</translation>
    </message>
    <message numerus="yes">
        <source>%1 characters, %n line(s)</source>
        <translation>
            <numerusform>%1자, %n줄</numerusform>
        </translation>
    </message>
    <message>
        <source>Mentions</source>
        <translation>언급</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>출처</translation>
    </message>
    <message>
        <source>the checkpoint has none: text is continued as it stands</source>
        <translation>체크포인트에 없음: 글을 있는 그대로 이어 씁니다</translation>
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
    <name>vitrine::FunnelView</name>
    <message>
        <source>Candidates left after each stage</source>
        <translation>단계마다 남은 후보</translation>
    </message>
    <message>
        <source>Candidates left, log width</source>
        <translation>남은 후보, 로그 너비</translation>
    </message>
    <message>
        <source>Removed</source>
        <translation>없앰</translation>
    </message>
    <message>
        <source>Mass left</source>
        <translation>남은 질량</translation>
    </message>
    <message>
        <source>%1 candidates</source>
        <translation>후보 %1개</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>%1 남음</translation>
    </message>
    <message>
        <source>%1
%2 candidates came, %3 stayed
removed: %4 of the mass that came
mass left: %5, the product of what every stage so far let through
entropy %6 to %7 nats</source>
        <translation>%1
후보 %2개가 들어와 %3개가 남음
없앰: 들어온 질량의 %4
남은 질량: %5, 지금까지 모든 단계가 통과시킨 것의 곱
엔트로피 %6~%7 nats</translation>
    </message>
</context>
<context>
    <name>vitrine::HeadsView</name>
    <message>
        <source>All heads</source>
        <translation>모든 헤드</translation>
    </message>
    <message>
        <source>Layer %1, head %2</source>
        <translation>층 %1, 헤드 %2</translation>
    </message>
    <message>
        <source>tokens %1 to %2, rows down, keys to the right; a pixel shows the largest weight in it</source>
        <translation>토큰 %1~%2, 아래로 행, 오른쪽으로 키. 픽셀은 그 안의 가장 큰 가중치를 보입니다</translation>
    </message>
    <message>
        <source>rows %1 to %2 down, keys %3 to %4 to the right; a pixel shows the largest weight in it</source>
        <translation>아래로 행 %1~%2, 오른쪽으로 키 %3~%4. 픽셀은 그 안의 가장 큰 가중치를 보입니다</translation>
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
        <source>Not used by this architecture, %1 of %2 tensors: %3</source>
        <translation>이 구조에서 쓰지 않는 텐서(%2개 중 %1개): %3</translation>
    </message>
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
    <message>
        <source>Pin this view to the session</source>
        <translation>이 보기를 세션에 고정</translation>
    </message>
    <message>
        <source>Keeps answer, selection and panel with the session; the sessions panel shows them again</source>
        <translation>답변, 선택, 패널을 세션과 함께 보관합니다. 세션 패널에서 다시 볼 수 있습니다</translation>
    </message>
    <message>
        <source>Copy what is shown as script</source>
        <translation>지금 보이는 것을 스크립트로 복사</translation>
    </message>
    <message>
        <source>The vitrine-cli command that computes what is shown</source>
        <translation>지금 보이는 것을 계산하는 vitrine-cli 명령</translation>
    </message>
    <message>
        <source>A view is pinned to a saved session: ask something first</source>
        <translation>보기는 저장된 세션에 고정됩니다. 먼저 무엇이든 질문하세요</translation>
    </message>
    <message>
        <source>Pinned to the session</source>
        <translation>세션에 고정했습니다</translation>
    </message>
    <message>
        <source>There is nothing here yet that a script could compute</source>
        <translation>아직 스크립트로 계산할 것이 없습니다</translation>
    </message>
    <message>
        <source>Copied: a vitrine-cli command that computes what is shown</source>
        <translation>복사했습니다: 지금 보이는 것을 계산하는 vitrine-cli 명령</translation>
    </message>
</context>
<context>
    <name>vitrine::MarkLegend</name>
    <message>
        <source>Dashed: would have changed under the settings being tried</source>
        <translation>점선: 시험 중인 설정에서는 달라졌을 토큰</translation>
    </message>
    <message>
        <source>word</source>
        <translation>단어</translation>
    </message>
    <message>
        <source>would have changed under these settings</source>
        <translation>이 설정에서는 달라졌을 토큰</translation>
    </message>
</context>
<context>
    <name>vitrine::MatrixView</name>
    <message>
        <source>Attention matrix</source>
        <translation>어텐션 행렬</translation>
    </message>
    <message>
        <source>Arrow keys move row and key, + and - zoom, 0 returns to the usual size, F fits everything, Enter selects the key&apos;s token.</source>
        <translation>화살표 키로 행과 키를 옮기고, +와 -로 확대·축소하며, 0은 보통 크기, F는 전부 맞추기, Enter는 키의 토큰을 선택합니다.</translation>
    </message>
    <message>
        <source>the prompt without its first token, folded</source>
        <translation>첫 토큰을 뺀 프롬프트, 접힘</translation>
    </message>
    <message>
        <source>mean of rows %1 to %2, keys %3 to %4</source>
        <translation>행 %1~%2, 키 %3~%4의 평균</translation>
    </message>
    <message>
        <source>maximum of rows %1 to %2, keys %3 to %4</source>
        <translation>행 %1~%2, 키 %3~%4의 최댓값</translation>
    </message>
    <message>
        <source>%1 prompt tokens, sum</source>
        <translation>프롬프트 토큰 %1개의 합</translation>
    </message>
    <message>
        <source>masked: this key comes later or lies outside the window</source>
        <translation>가려짐: 이 키는 뒤에 오거나 창 밖에 있습니다</translation>
    </message>
    <message>
        <source>weight %1 (%2)</source>
        <translation>가중치 %1 (%2)</translation>
    </message>
    <message>
        <source>Select the row&apos;s token  %1</source>
        <translation>행의 토큰 선택  %1</translation>
    </message>
    <message>
        <source>Select the key&apos;s token  %1</source>
        <translation>키의 토큰 선택  %1</translation>
    </message>
    <message>
        <source>Copy these numbers</source>
        <translation>이 수 복사</translation>
    </message>
    <message>
        <source>Usual size</source>
        <translation>보통 크기</translation>
    </message>
    <message>
        <source>Fit everything</source>
        <translation>전부 맞추기</translation>
    </message>
</context>
<context>
    <name>vitrine::MemoryBar</name>
    <message>
        <source>Memory</source>
        <translation>메모리</translation>
    </message>
    <message>
        <source>KV format</source>
        <translation>KV 형식</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>문맥</translation>
    </message>
    <message>
        <source>Two bytes a value: the usual cache</source>
        <translation>값마다 2바이트: 보통의 캐시</translation>
    </message>
    <message>
        <source>Four bytes a value: the cache of exact precision</source>
        <translation>값마다 4바이트: 정확한 정밀도의 캐시</translation>
    </message>
    <message>
        <source>Context length in tokens</source>
        <translation>문맥 길이 (토큰)</translation>
    </message>
    <message>
        <source>Keys and values of one token: sum over the layers of 2 × KV heads × head size × bytes a value</source>
        <translation>토큰 하나의 키와 값: 층마다 2 × KV 헤드 × 헤드 크기 × 값당 바이트를 더한 값</translation>
    </message>
    <message>
        <source>Weights %1</source>
        <translation>가중치 %1</translation>
    </message>
    <message>
        <source>KV %1</source>
        <translation>KV %1</translation>
    </message>
    <message>
        <source>Kept for looking %1</source>
        <translation>보기용 보관 %1</translation>
    </message>
    <message>
        <source>Working, about %1</source>
        <translation>작업용, 약 %1</translation>
    </message>
    <message>
        <source>%1, %2 at full context</source>
        <translation>%1, 문맥이 가득 차면 %2</translation>
    </message>
    <message>
        <source>× %1/token</source>
        <translation>× %1/토큰</translation>
    </message>
    <message>
        <source>Tokens that the cache holds, 64 to the length the model was trained for (logarithmic). Weights + KV a token × context + working. Double click: the whole length.</source>
        <translation>캐시가 담는 토큰 수. 64부터 모델이 학습한 길이까지이며 로그 눈금입니다. 가중치 + 토큰당 KV × 컨텍스트 + 작업 메모리. 두 번 클릭하면 전체 길이로 돌아갑니다.</translation>
    </message>
    <message>
        <source>Weights: the tensors as stored in the file.
KV: keys and values of the context, in pages of 64 tokens; layers with a sliding window keep what it sees.
State: what one sequence carries in layers without keys and values, whatever its length.
Kept for looking: queries (F16) and log-sum-exp (F32) of every layer, from which attention pictures are made.
Working: estimate for a piece of 512 prompt tokens in F32, and one row of logits.</source>
        <translation>가중치: 파일에 저장된 텐서.
KV: 문맥의 키와 값, 64토큰 쪽 단위. 미끄럼 창이 있는 층은 창이 보는 만큼만 지닙니다.
상태: 키와 값이 없는 층에서 시퀀스 하나가 지니는 것으로, 길이와 무관합니다.
보기용 보관: 어텐션 그림을 만드는 모든 층의 쿼리(F16)와 log-sum-exp(F32).
작업용: 프롬프트 512토큰 조각의 F32 추정값과 로짓 한 행.</translation>
    </message>
    <message>
        <source>State %1</source>
        <translation>상태 %1</translation>
    </message>
</context>
<context>
    <name>vitrine::ModelPanel</name>
    <message>
        <source>Statistics of %1</source>
        <translation>%1의 통계</translation>
    </message>
    <message>
        <source>SHA-256 of the model&apos;s files</source>
        <translation>모델 파일의 SHA-256</translation>
    </message>
    <message>
        <source>computing…</source>
        <translation>계산 중…</translation>
    </message>
    <message>
        <source>computing, %1 of %2, %3 left</source>
        <translation>계산 중, %2 중 %1, %3 남음</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>멈춤</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Filter, e.g. layers.*.down</source>
        <translation>거르기, 예: layers.*.down</translation>
    </message>
    <message>
        <source>Filter the tensors</source>
        <translation>텐서 거르기</translation>
    </message>
    <message>
        <source>Part of a name or a type (Q4_1); * stands for anything. Empty: the tree of modules.</source>
        <translation>이름이나 형식(Q4_1)의 일부. *는 무엇이든. 비우면 모듈 나무.</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Structure</source>
        <translation>구조</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>정보</translation>
    </message>
    <message>
        <source>Tensors, architecture and memory</source>
        <translation>텐서, 구조, 메모리</translation>
    </message>
    <message>
        <source>Files, hash, licence, tokenizer, chat template and metadata</source>
        <translation>파일, 해시, 라이선스, 토크나이저, 대화 템플릿과 메타데이터</translation>
    </message>
    <message>
        <source>What a model is made of</source>
        <translation>모델을 이루는 것</translation>
    </message>
    <message>
        <source>Open a model: its layers and tensors, how they are connected, and the memory they take appear here.</source>
        <translation>모델을 열면 층과 텐서, 이어진 모양, 차지하는 메모리가 여기에 나타납니다.</translation>
    </message>
    <message>
        <source>The checkpoint as a tree of stored tensors, the same as a diagram of how data flows, and the memory that running it takes.</source>
        <translation>체크포인트를 저장된 텐서의 나무로, 같은 것을 자료가 흐르는 그림으로, 그리고 실행에 드는 메모리를 보입니다.</translation>
    </message>
    <message>
        <source>Each row is a module or a tensor with shape (rows are outputs), storage type, bytes and its share of all bytes. Layers that hold the same tensors are folded into one row; the selected layer stands alone. The diagram draws that layer: data flows downwards, residual paths run on the left. A click in either selects in both; [ and ] change the layer.</source>
        <translation>행마다 모듈이나 텐서이며 모양(행이 출력), 저장 형식, 바이트, 전체에 대한 비율을 보입니다. 같은 텐서를 가진 층은 한 행으로 접히고 선택한 층만 따로 섭니다. 그림은 그 층을 그립니다. 자료는 아래로 흐르고 잔차 길은 왼쪽에 있습니다. 한쪽을 누르면 양쪽에서 선택되고, [와 ]로 층을 바꿉니다.</translation>
    </message>
    <message>
        <source>KV bytes a token = Σ over layers 2 · KV heads · head size · bytes a value. A block format stores 32 or 256 values with shared scales: Q4_1 takes 20 bytes for 32 values, 5 bits a weight.</source>
        <translation>토큰당 KV 바이트 = 층에 걸친 Σ 2 · KV 헤드 · 헤드 크기 · 값당 바이트. 블록 형식은 값 32개나 256개를 공통 배율로 저장합니다. Q4_1은 값 32개에 20바이트, 가중치당 5비트입니다.</translation>
    </message>
    <message>
        <source>Vaswani et al. 2017 (arXiv:1706.03762); Shazeer 2019 (arXiv:1911.02150) and Ainslie et al. 2023 (arXiv:2305.13245) for shared keys and values; block formats as in ggml.</source>
        <translation>Vaswani 외 2017 (arXiv:1706.03762). 공유 키와 값은 Shazeer 2019 (arXiv:1911.02150)와 Ainslie 외 2023 (arXiv:2305.13245). 블록 형식은 ggml과 같음.</translation>
    </message>
    <message>
        <source>Many parameters are not much computation: the embedding table is looked up, not multiplied, unless the output is tied to it.</source>
        <translation>매개변수가 많다고 계산이 많은 것은 아닙니다. 임베딩 표는 출력과 공유되지 않는 한 곱하지 않고 찾아보기만 합니다.</translation>
    </message>
    <message>
        <source>A histogram of stored values says nothing of importance: quantized tensors show the comb of their levels.</source>
        <translation>저장된 값의 히스토그램은 중요도를 말하지 않습니다. 양자화된 텐서는 단계의 빗살이 보입니다.</translation>
    </message>
    <message>
        <source>Tensor</source>
        <translation>텐서</translation>
    </message>
    <message>
        <source>Stored as</source>
        <translation>저장 형식</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>모양</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>형식</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>바이트</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>비율</translation>
    </message>
    <message>
        <source>Model: structure</source>
        <translation>모델: 구조</translation>
    </message>
    <message>
        <source>Tensors, architecture diagram and memory</source>
        <translation>텐서, 구조 그림, 메모리</translation>
    </message>
    <message>
        <source>Model: facts</source>
        <translation>모델: 정보</translation>
    </message>
    <message>
        <source>Files, hash, licence, tokenizer, chat template, metadata</source>
        <translation>파일, 해시, 라이선스, 토크나이저, 대화 템플릿, 메타데이터</translation>
    </message>
    <message>
        <source>Model: find a tensor</source>
        <translation>모델: 텐서 찾기</translation>
    </message>
    <message>
        <source>Put the cursor into the filter of the tensors</source>
        <translation>텐서 거르기 칸으로 옮깁니다</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s), %1 parameters, %2</source>
        <translation>
            <numerusform>텐서 %n개, 매개변수 %1개, %2</numerusform>
        </translation>
    </message>
    <message>
        <source>No model is open.</source>
        <translation>열린 모델이 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 parameters in %n tensor(s), %3.</source>
        <translation>
            <numerusform>%1: 텐서 %n개에 매개변수 %2개, %3.</numerusform>
        </translation>
    </message>
    <message>
        <source>Memory at %1 tokens: %2.</source>
        <translation>%1토큰에서 메모리: %2.</translation>
    </message>
    <message>
        <source>Selected: %1, %2, %3, %4.</source>
        <translation>선택: %1, %2, %3, %4.</translation>
    </message>
    <message>
        <source>Modules and tensors</source>
        <translation>모듈과 텐서</translation>
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
    <message>
        <source>Pin this view to the session</source>
        <translation>이 보기를 세션에 고정</translation>
    </message>
    <message>
        <source>Keeps answer, selection and panel with the session; the sessions panel shows them again</source>
        <translation>답변, 선택, 패널을 세션과 함께 보관합니다. 세션 패널에서 다시 볼 수 있습니다</translation>
    </message>
    <message>
        <source>Copy as script</source>
        <translation>스크립트로 복사</translation>
    </message>
    <message>
        <source>The vitrine-cli command that computes what is shown</source>
        <translation>지금 보이는 것을 계산하는 vitrine-cli 명령</translation>
    </message>
</context>
<context>
    <name>vitrine::PromptScorer</name>
    <message>
        <source>Scoring the prompt</source>
        <translation>프롬프트 채점 중</translation>
    </message>
</context>
<context>
    <name>vitrine::SamplerModel</name>
    <message>
        <source>added</source>
        <translation>더함</translation>
    </message>
    <message>
        <source>was on</source>
        <translation>켜져 있었음</translation>
    </message>
    <message>
        <source>was off</source>
        <translation>꺼져 있었음</translation>
    </message>
    <message>
        <source>was %1</source>
        <translation>원래 %1</translation>
    </message>
    <message>
        <source>%1 was %2</source>
        <translation>%1 원래 %2</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) biased</source>
        <translation>
            <numerusform>토큰 %n개에 치우침</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sequence(s)</source>
        <translation>
            <numerusform>문자열 %n개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n token(s)</source>
        <translation>
            <numerusform>지난 토큰 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>no parameter</source>
        <translation>매개변수 없음</translation>
    </message>
    <message>
        <source>no effect at %1</source>
        <translation>%1에서는 효과 없음</translation>
    </message>
    <message>
        <source>as recorded</source>
        <translation>기록대로</translation>
    </message>
    <message>
        <source>The chain of the next answer</source>
        <translation>다음 답변의 단계들</translation>
    </message>
    <message>
        <source>Answer token %1 of %2</source>
        <translation>답변 토큰 %1 / %2</translation>
    </message>
    <message>
        <source>%1, as recorded</source>
        <translation>%1, 기록대로</translation>
    </message>
    <message>
        <source>%1, other settings than recorded</source>
        <translation>%1, 기록과 다른 설정</translation>
    </message>
    <message>
        <source>no token would have changed</source>
        <translation>바뀌었을 토큰이 없음</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n token(s) would have changed</source>
        <translation>
            <numerusform>토큰 %n개 중 %1개가 바뀌었을 것입니다</numerusform>
        </translation>
    </message>
    <message>
        <source>Changes here are only tried out until &quot;Use for the next answer&quot; is pressed.</source>
        <translation>여기서 바꾼 것은 &quot;다음 답변에 쓰기&quot;를 누를 때까지 시험해 보기만 합니다.</translation>
    </message>
    <message>
        <source>No layer was run again, only the language-model head, with the same random numbers.</source>
        <translation>층은 다시 실행하지 않고, 같은 난수로 언어 모델 헤드만 다시 계산했습니다.</translation>
    </message>
    <message>
        <source>No layer was run. Each mark judges its token on the text as it was; from token %1 on the text itself would differ, so later marks are conditional.</source>
        <translation>층을 실행하지 않았습니다. 각 표시는 원래 글 위에서 그 토큰을 판단합니다. 토큰 %1부터는 글 자체가 달라지므로 그 뒤의 표시는 조건부입니다.</translation>
    </message>
    <message>
        <source>Draw %1 of seed %2</source>
        <translation>시드 %2의 추첨 %1</translation>
    </message>
    <message>
        <source>%1 falls on %2, as before.</source>
        <translation>%1이(가) 전처럼 %2에 떨어집니다.</translation>
    </message>
    <message>
        <source>%1 falls on %2 instead of %3.</source>
        <translation>%1이(가) %3 대신 %2에 떨어집니다.</translation>
    </message>
    <message>
        <source>off</source>
        <translation>꺼짐</translation>
    </message>
    <message>
        <source>of the mass</source>
        <translation>질량 중</translation>
    </message>
    <message>
        <source>nats, entropy</source>
        <translation>nats, 엔트로피</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1~%2</translation>
    </message>
    <message>
        <source>no effect here</source>
        <translation>여기서는 효과 없음</translation>
    </message>
    <message numerus="yes">
        <source>Sampler: %n stage(s) for the next answer</source>
        <translation>
            <numerusform>샘플러: 다음 답변에 %n단계</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 leaves %2</source>
        <translation>%1 뒤에 %2 남음</translation>
    </message>
</context>
<context>
    <name>vitrine::SamplerPanel</name>
    <message>
        <source>Sampler</source>
        <translation>샘플러</translation>
    </message>
    <message>
        <source>sampler</source>
        <translation>샘플러</translation>
    </message>
    <message>
        <source>Back to recorded</source>
        <translation>기록대로 되돌리기</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>기록됨</translation>
    </message>
    <message>
        <source>Use for the next answer</source>
        <translation>다음 답변에 쓰기</translation>
    </message>
    <message>
        <source>Use next</source>
        <translation>다음에 쓰기</translation>
    </message>
    <message>
        <source>Default chain</source>
        <translation>기본 단계</translation>
    </message>
    <message>
        <source>Penalties, top-k 40, top-p 0.95, min-p 0.05, temperature 0.8</source>
        <translation>벌점, top-k 40, top-p 0.95, min-p 0.05, 온도 0.8</translation>
    </message>
    <message>
        <source>Greedy</source>
        <translation>탐욕</translation>
    </message>
    <message>
        <source>Always the most probable token</source>
        <translation>언제나 가장 확률 높은 토큰</translation>
    </message>
    <message>
        <source>The chain of the next answer</source>
        <translation>다음 답변의 단계들</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>미리 정한 설정</translation>
    </message>
    <message>
        <source>Try a whole chain; the seed stays</source>
        <translation>단계 전체를 시험합니다. 시드는 그대로입니다</translation>
    </message>
    <message>
        <source>Add stage</source>
        <translation>단계 더하기</translation>
    </message>
    <message>
        <source>Adds a stage at the end of the chain; drag it to its place</source>
        <translation>맨 끝에 단계를 더합니다. 끌어서 자리로 옮기세요</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>u = philox(seed, step): the same seed draws the same numbers whatever else runs
range 0 to 2^64 - 1</source>
        <translation>u = philox(시드, 단계): 같은 시드는 무엇이 함께 돌든 같은 수를 뽑습니다
범위 0~2^64 - 1</translation>
    </message>
    <message>
        <source>Drop what is tried; show the chain that wrote the answer</source>
        <translation>시험한 것을 버리고 답변을 쓴 단계를 보입니다</translation>
    </message>
    <message>
        <source>Makes this the chain of the next answer; can be undone</source>
        <translation>이것을 다음 답변의 단계로 씁니다. 되돌릴 수 있습니다</translation>
    </message>
    <message>
        <source>Use the tried sampler for the next answer</source>
        <translation>시험한 샘플러를 다음 답변에 쓰기</translation>
    </message>
    <message>
        <source>Back to the recorded sampler</source>
        <translation>기록된 샘플러로 되돌리기</translation>
    </message>
    <message>
        <source>What each stage of the sampler does to the candidates of a token</source>
        <translation>샘플러의 단계마다 토큰의 후보에 하는 일</translation>
    </message>
    <message>
        <source>Open a model and ask something first.</source>
        <translation>먼저 모델을 열고 물어보세요.</translation>
    </message>
    <message>
        <source>The sampler turns the model&apos;s distribution over the next token into one token. Its stages run in order; some remove candidates, others change how probable they are. One random number then draws.</source>
        <translation>샘플러는 다음 토큰에 대한 모델의 분포를 토큰 하나로 바꿉니다. 단계가 차례로 돌며, 어떤 단계는 후보를 없애고 어떤 단계는 확률을 바꿉니다. 그다음 난수 하나로 뽑습니다.</translation>
    </message>
    <message>
        <source>The width of a funnel bar is the logarithm of the number of candidates left; the hatched wedge is the mass a stage removed. Grey bars are the model&apos;s own probabilities, blue bars those after all stages. The needle u stands where the random number fell. Moving a slider judges every token of the answer again with the same random numbers.</source>
        <translation>깔때기 막대의 너비는 남은 후보 수의 로그이고, 빗금 친 쐐기는 단계가 없앤 질량입니다. 회색 막대는 모델 자체의 확률, 파란 막대는 모든 단계를 거친 확률입니다. 바늘 u는 난수가 떨어진 곳입니다. 슬라이더를 움직이면 같은 난수로 답변의 모든 토큰을 다시 판단합니다.</translation>
    </message>
    <message>
        <source>Salmon et al. 2011, Parallel random numbers: as easy as 1, 2, 3; each stage names its own source.</source>
        <translation>Salmon 외 2011, Parallel random numbers: as easy as 1, 2, 3. 단계마다 출처를 밝힙니다.</translation>
    </message>
    <message>
        <source>A marked token is not the whole other answer: after the first mark the model would have read another text.</source>
        <translation>표시된 토큰이 다른 답변 전체는 아닙니다. 첫 표시 뒤에는 모델이 다른 글을 읽었을 것입니다.</translation>
    </message>
    <message>
        <source>Removed mass is a share of what entered that stage, not of the model&apos;s own distribution.</source>
        <translation>없앤 질량은 그 단계에 들어온 것에 대한 비율이며, 모델 자체의 분포에 대한 것이 아닙니다.</translation>
    </message>
    <message>
        <source>Recomputed: the layers were run again once, because this answer came from a session.</source>
        <translation>다시 계산함: 세션에서 온 답변이라 층을 한 번 더 실행했습니다.</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>토큰</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Id</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>전</translation>
    </message>
    <message>
        <source>After</source>
        <translation>후</translation>
    </message>
    <message>
        <source>Removed by</source>
        <translation>없앤 단계</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>없앰</translation>
    </message>
    <message>
        <source>Judging the answer again</source>
        <translation>답변을 다시 판단하는 중</translation>
    </message>
    <message>
        <source>Sampler chain</source>
        <translation>샘플러 단계</translation>
    </message>
    <message>
        <source>The next answer uses this chain</source>
        <translation>다음 답변은 이 단계를 씁니다</translation>
    </message>
</context>
<context>
    <name>vitrine::SamplerPicture</name>
    <message>
        <source>Distribution before and after the chain</source>
        <translation>단계를 거치기 전후의 분포</translation>
    </message>
    <message>
        <source>What each stage does to the candidates of one token</source>
        <translation>단계마다 한 토큰의 후보에 하는 일</translation>
    </message>
    <message>
        <source>Select a token of an answer, in the chat or in the strip below.</source>
        <translation>대화나 아래 띠에서 답변의 토큰을 고르세요.</translation>
    </message>
    <message>
        <source>Select the first answer token</source>
        <translation>첫 답변 토큰 선택</translation>
    </message>
    <message>
        <source>Distribution of token %1</source>
        <translation>토큰 %1의 분포</translation>
    </message>
    <message>
        <source>before, the model&apos;s own</source>
        <translation>전, 모델 자체의 것</translation>
    </message>
    <message>
        <source>before</source>
        <translation>전</translation>
    </message>
    <message>
        <source>after all stages</source>
        <translation>모든 단계 후</translation>
    </message>
    <message>
        <source>after</source>
        <translation>후</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>없앰</translation>
    </message>
    <message>
        <source>removed by %1</source>
        <translation>%1이(가) 없앰</translation>
    </message>
    <message>
        <source>Never draw %1 (logit bias of minus infinity)</source>
        <translation>%1을(를) 절대 뽑지 않기 (로짓 치우침 -∞)</translation>
    </message>
    <message>
        <source>Copy token id %1</source>
        <translation>토큰 id %1 복사</translation>
    </message>
    <message>
        <source>off</source>
        <translation>꺼짐</translation>
    </message>
    <message>
        <source>grey before, blue after all stages, hatched removed</source>
        <translation>회색은 전, 파랑은 모든 단계 후, 빗금은 없앰</translation>
    </message>
</context>
<context>
    <name>vitrine::SamplerStages</name>
    <message>
        <source>Repetition penalty</source>
        <translation>반복 벌점</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>빈도 벌점</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>출현 벌점</translation>
    </message>
    <message>
        <source>No repeated n-gram</source>
        <translation>n-gram 반복 금지</translation>
    </message>
    <message>
        <source>Bad words</source>
        <translation>금지어</translation>
    </message>
    <message>
        <source>Logit bias</source>
        <translation>로짓 치우침</translation>
    </message>
    <message>
        <source>Forced token</source>
        <translation>정해진 토큰</translation>
    </message>
    <message>
        <source>place in the answer, counted from 0</source>
        <translation>답변에서의 자리, 0부터 셈</translation>
    </message>
    <message>
        <source>id of the token; -1: off</source>
        <translation>토큰의 id; -1: 끔</translation>
    </message>
    <message>
        <source>Minimum length</source>
        <translation>최소 길이</translation>
    </message>
    <message>
        <source>Push to the end</source>
        <translation>끝으로 밀기</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Top-n-sigma</source>
        <translation>Top-n-sigma</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Typical</source>
        <translation>Typical</translation>
    </message>
    <message>
        <source>Top-h</source>
        <translation>Top-h</translation>
    </message>
    <message>
        <source>Epsilon cutoff</source>
        <translation>엡실론 자르기</translation>
    </message>
    <message>
        <source>Eta cutoff</source>
        <translation>에타 자르기</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>온도</translation>
    </message>
    <message>
        <source>Greedy</source>
        <translation>탐욕</translation>
    </message>
    <message>
        <source>above 1 against repeating, below 1 for it</source>
        <translation>1보다 크면 반복을 막고, 작으면 반복을 돕습니다</translation>
    </message>
    <message>
        <source>for each use in the answer</source>
        <translation>답변에서 쓰일 때마다</translation>
    </message>
    <message>
        <source>once for a token used in the answer</source>
        <translation>답변에서 쓰인 토큰에 한 번</translation>
    </message>
    <message>
        <source>looks back this far; -1: over everything</source>
        <translation>이만큼 돌아봅니다. -1은 전부</translation>
    </message>
    <message>
        <source>n; 0: off</source>
        <translation>n. 0은 끔</translation>
    </message>
    <message>
        <source>prompt and answer together; 0: off</source>
        <translation>프롬프트와 답변을 합쳐. 0은 끔</translation>
    </message>
    <message>
        <source>answer length from which the end becomes more probable</source>
        <translation>이 길이부터 끝날 확률이 커집니다</translation>
    </message>
    <message>
        <source>growth for each token beyond; 1: off</source>
        <translation>넘은 토큰마다 늘어나는 배수. 1은 끔</translation>
    </message>
    <message>
        <source>how many stay; 0: all</source>
        <translation>남는 개수. 0은 전부</translation>
    </message>
    <message>
        <source>keeps at least this many</source>
        <translation>적어도 이만큼 남김</translation>
    </message>
    <message>
        <source>distance below the largest logit; 0: all stay</source>
        <translation>가장 큰 로짓에서 떨어진 거리. 0은 전부 남음</translation>
    </message>
    <message>
        <source>probability that stays; 1: all</source>
        <translation>남는 확률. 1은 전부</translation>
    </message>
    <message>
        <source>share of the largest probability; 0: all stay</source>
        <translation>가장 큰 확률에 대한 비율. 0은 전부 남음</translation>
    </message>
    <message>
        <source>share of the entropy that stays</source>
        <translation>남는 엔트로피의 비율</translation>
    </message>
    <message>
        <source>looks at this many of the most probable</source>
        <translation>확률이 높은 순으로 보는 개수</translation>
    </message>
    <message>
        <source>smallest probability that stays; 0: all</source>
        <translation>남는 가장 작은 확률. 0은 전부</translation>
    </message>
    <message>
        <source>epsilon of the formula; 0: all stay</source>
        <translation>식의 엡실론. 0은 전부 남음</translation>
    </message>
    <message>
        <source>below 1 sharper, above 1 flatter; 0: the most probable token</source>
        <translation>1보다 작으면 뾰족하게, 크면 평평하게. 0은 가장 확률 높은 토큰</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>토큰</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nats</translation>
    </message>
    <message>
        <source>standard deviations</source>
        <translation>표준편차</translation>
    </message>
    <message>
        <source>range %1 to %2, default %3</source>
        <translation>범위 %1 ~ %2, 기본값 %3</translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation>출처: %1</translation>
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
    <message>
        <source>Shows this view as it was: answer, selection and panel</source>
        <translation>이 보기를 그때 그대로 보여 줍니다: 답변, 선택, 패널</translation>
    </message>
    <message>
        <source>Unpin this view</source>
        <translation>이 보기의 고정 해제</translation>
    </message>
    <message>
        <source>Unpin %1</source>
        <translation>%1 고정 해제</translation>
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
    <message>
        <source>New session</source>
        <translation>새 세션</translation>
    </message>
    <message>
        <source>An empty conversation in the chat (Ctrl+N); the one before stays here</source>
        <translation>채팅에 빈 대화를 엽니다(Ctrl+N). 이전 대화는 여기에 남습니다</translation>
    </message>
    <message>
        <source>This start keeps no sessions</source>
        <translation>이번 실행은 세션을 저장하지 않습니다</translation>
    </message>
    <message>
        <source>It was begun with --fresh: nothing is read from the saved sessions, nothing is added. Start without it to have them back.</source>
        <translation>--fresh로 시작했습니다. 저장된 세션을 읽지도 더하지도 않습니다. 이 옵션 없이 시작하면 세션이 다시 보입니다.</translation>
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
        <source>Exact computes with float32 activations, to compare with references; fast may quantize activations, or multiply in bfloat16</source>
        <translation>정확하게는 기준 구현과 비교할 수 있도록 float32 활성값으로 계산하고, 빠르게는 활성값을 양자화하거나 bfloat16으로 곱할 수 있습니다</translation>
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
    <message>
        <source>Default: %1; a double click brings it back</source>
        <translation>기본값: %1. 두 번 클릭하면 되돌아갑니다</translation>
    </message>
</context>
<context>
    <name>vitrine::StageList</name>
    <message>
        <source>Stages, in order (drag to reorder)</source>
        <translation>단계, 차례대로 (끌어서 순서 바꾸기)</translation>
    </message>
</context>
<context>
    <name>vitrine::StageRow</name>
    <message>
        <source>Biases</source>
        <translation>치우침</translation>
    </message>
    <message>
        <source>Token id = number added to its logit, separated by commas; -inf bans the token: 42=-inf, 17=1.5</source>
        <translation>토큰 id = 로짓에 더할 수, 쉼표로 나눔. -inf는 금지: 42=-inf, 17=1.5</translation>
    </message>
    <message>
        <source>Sequences</source>
        <translation>문자열</translation>
    </message>
    <message>
        <source>Token ids separated by spaces; a semicolon begins the next sequence: 1 2 3; 7</source>
        <translation>토큰 id를 빈칸으로 나눔. 쌍반점은 다음 문자열: 1 2 3; 7</translation>
    </message>
    <message>
        <source>Reset this stage</source>
        <translation>이 단계를 처음대로</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>위로</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>아래로</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>없애기</translation>
    </message>
    <message>
        <source>%1: on</source>
        <translation>%1: 켜기</translation>
    </message>
    <message>
        <source>Stage %1 takes part</source>
        <translation>%1 단계 쓰기</translation>
    </message>
    <message>
        <source>Move %1</source>
        <translation>%1 옮기기</translation>
    </message>
    <message>
        <source>Drag, or press the up and down arrow keys, to change the order</source>
        <translation>끌거나 위아래 화살표 키로 순서를 바꿉니다</translation>
    </message>
    <message>
        <source>More about %1</source>
        <translation>%1 더 보기</translation>
    </message>
    <message>
        <source>Other parameters, reset, remove</source>
        <translation>다른 매개변수, 처음대로, 없애기</translation>
    </message>
    <message>
        <source>recorded: %1; double click brings it back</source>
        <translation>기록: %1. 두 번 누르면 되돌립니다</translation>
    </message>
    <message>
        <source>%1, number</source>
        <translation>%1, 수</translation>
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
    <message>
        <source>Jobs</source>
        <translation>작업</translation>
    </message>
    <message>
        <source>All jobs; choosing one cancels it</source>
        <translation>모든 작업. 고르면 취소합니다</translation>
    </message>
    <message>
        <source>Cancel: %1</source>
        <translation>취소: %1</translation>
    </message>
</context>
<context>
    <name>vitrine::StripBar</name>
    <message>
        <source>No token selected</source>
        <translation>선택한 토큰 없음</translation>
    </message>
    <message>
        <source>tokens of a text appear here, a chip each; arrow keys move through them</source>
        <translation>글의 토큰이 한 칸씩 여기에 나타납니다. 화살표 키로 옮겨 다닙니다</translation>
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
    <message>
        <source>would change at %1</source>
        <translation>%1에서 달라짐</translation>
    </message>
    <message>
        <source>Token %1 of %2</source>
        <translation>토큰 %1 / %2</translation>
    </message>
    <message>
        <source>the text that the encoder read</source>
        <translation>인코더가 읽은 글</translation>
    </message>
</context>
<context>
    <name>vitrine::TensorDetails</name>
    <message>
        <source>mean</source>
        <translation>평균</translation>
    </message>
    <message>
        <source>std</source>
        <translation>표준편차</translation>
    </message>
    <message>
        <source>smallest</source>
        <translation>최소</translation>
    </message>
    <message>
        <source>largest</source>
        <translation>최대</translation>
    </message>
    <message>
        <source>L2 norm</source>
        <translation>L2 노름</translation>
    </message>
    <message>
        <source>zeros</source>
        <translation>0의 비율</translation>
    </message>
    <message>
        <source>not finite</source>
        <translation>유한하지 않음</translation>
    </message>
    <message>
        <source>blocks</source>
        <translation>블록</translation>
    </message>
    <message>
        <source>all %1 values</source>
        <translation>값 %1개 전부</translation>
    </message>
    <message>
        <source>counting %1 values…</source>
        <translation>값 %1개를 세는 중…</translation>
    </message>
    <message>
        <source>Histogram of the values of %1</source>
        <translation>%1 값의 히스토그램</translation>
    </message>
    <message>
        <source>How many values lie in each of the equal bins between the smallest and the largest, decoded to F32</source>
        <translation>가장 작은 값과 큰 값 사이를 고르게 나눈 칸마다 든 값의 수, F32로 풀어서</translation>
    </message>
    <message>
        <source>values</source>
        <translation>값</translation>
    </message>
</context>
<context>
    <name>vitrine::TensorTreeModel</name>
    <message numerus="yes">
        <source>%n alike</source>
        <translation>
            <numerusform>같은 것 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 heads, %2 KV</source>
        <translation>헤드 %1개, KV %2개</translation>
    </message>
    <message>
        <source>%1 parameters, %2 bytes, %3 of the checkpoint</source>
        <translation>매개변수 %1개, %2바이트, 체크포인트의 %3</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>텐서 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>Stored as %1</source>
        <translation>%1(으)로 저장됨</translation>
    </message>
    <message>
        <source>Here %1</source>
        <translation>여기서는 %1</translation>
    </message>
    <message>
        <source>%1, rows (outputs) first</source>
        <translation>%1, 행(출력) 먼저</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Shape</source>
        <translation>모양</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>형식</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>바이트</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>비율</translation>
    </message>
    <message>
        <source>Module or tensor</source>
        <translation>모듈 또는 텐서</translation>
    </message>
    <message>
        <source>Rows × columns, as out = W x with W [out, in]; of everything: parameters</source>
        <translation>행 × 열, out = W x, W [out, in]. 전체에서는 매개변수 수</translation>
    </message>
    <message>
        <source>How most of its bytes are stored</source>
        <translation>대부분의 바이트가 저장된 형식</translation>
    </message>
    <message>
        <source>Bytes in the file, binary units: 1 KiB = 1,024 B</source>
        <translation>파일에서의 바이트, 이진 단위: 1 KiB = 1,024 B</translation>
    </message>
    <message>
        <source>Part of the bytes of all tensors, 0 to 100 %</source>
        <translation>모든 텐서 바이트에 대한 비율, 0~100 %</translation>
    </message>
    <message>
        <source>%1 params</source>
        <translation>매개변수 %1</translation>
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
    <message>
        <source>the sampler being tried would draw %1</source>
        <translation>시험 중인 샘플러라면 %1을(를) 뽑습니다</translation>
    </message>
</context>
<context>
    <name>vitrine::TokenPage</name>
    <message>
        <source>Colour</source>
        <translation>색</translation>
    </message>
    <message>
        <source>Stop scoring</source>
        <translation>채점 중지</translation>
    </message>
    <message>
        <source>Score the prompt</source>
        <translation>프롬프트 채점</translation>
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
        <source>Log-probability of each prompt token given the tokens before it: runs the prompt once more beside the answers</source>
        <translation>앞선 토큰이 주어졌을 때 각 프롬프트 토큰의 로그 확률. 답변과 따로 프롬프트를 한 번 더 실행합니다</translation>
    </message>
    <message>
        <source>No tokens yet</source>
        <translation>아직 토큰이 없습니다</translation>
    </message>
    <message>
        <source>Tokens %1 to %2 of %3; colour: %4</source>
        <translation>토큰 %1~%2, 모두 %3개; 색: %4</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>토큰</translation>
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
    <message>
        <source>Continue from here</source>
        <translation>여기서 이어 쓰기</translation>
    </message>
    <message>
        <source>Edit the text</source>
        <translation>글 고치기</translation>
    </message>
</context>
<context>
    <name>vitrine::Workspace</name>
    <message>
        <source>Saved %1</source>
        <translation>%1 저장함</translation>
    </message>
    <message>
        <source>%1 could not be written</source>
        <translation>%1 파일을 쓸 수 없습니다</translation>
    </message>
    <message>
        <source>Choose another place.</source>
        <translation>다른 곳을 고르세요.</translation>
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
