<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>DiagramLayout</name>
    <message numerus="yes">
        <source>%n alike, %1</source>
        <translation>
            <numerusform>%n alike, %1</numerusform>
            <numerusform>%n alike, %1</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Convolution along time, %n tap(s)</source>
        <translation>
            <numerusform>Convolution along time, %n tap</numerusform>
            <numerusform>Convolution along time, %n taps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Selective scan, %n head(s), state %1, gated</source>
        <translation>
            <numerusform>Selective scan, %n head, state %1, gated</numerusform>
            <numerusform>Selective scan, %n heads, state %1, gated</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Gated convolution along time, %n tap(s)</source>
        <translation>
            <numerusform>Gated convolution along time, %n tap</numerusform>
            <numerusform>Gated convolution along time, %n taps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Gated delta rule, %n head(s), state %1 each</source>
        <translation>
            <numerusform>Gated delta rule, %n head, state %1 each</numerusform>
            <numerusform>Gated delta rule, %n heads, state %1 each</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Latent attention, %n head(s), cache %1</source>
        <translation>
            <numerusform>Latent attention, %n head, cache %1</numerusform>
            <numerusform>Latent attention, %n heads, cache %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ChatPanel</name>
    <message numerus="yes">
        <source>%n message(s)</source>
        <translation>
            <numerusform>%n message</numerusform>
            <numerusform>%n messages</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>System prompt, %n word(s)</source>
        <translation>
            <numerusform>System prompt, %n word</numerusform>
            <numerusform>System prompt, %n words</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ChatSession</name>
    <message numerus="yes">
        <source>Stopped at the limit of %n token(s).</source>
        <translation>
            <numerusform>Stopped at the limit of %n token.</numerusform>
            <numerusform>Stopped at the limit of %n tokens.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ComparisonModel</name>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::EncoderModel</name>
    <message numerus="yes">
        <source>%n sentence(s)</source>
        <translation>
            <numerusform>%n sentence</numerusform>
            <numerusform>%n sentences</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ErrorBar</name>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n more</numerusform>
            <numerusform>%n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::FactsPage</name>
    <message numerus="yes">
        <source>%1 characters, %n line(s)</source>
        <translation>
            <numerusform>%1 characters, %n line</numerusform>
            <numerusform>%1 characters, %n lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::MainWindow</name>
    <message numerus="yes">
        <source>Runs on %1 with %2, %n thread(s)</source>
        <translation>
            <numerusform>Runs on %1 with %2, %n thread</numerusform>
            <numerusform>Runs on %1 with %2, %n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ModelPanel</name>
    <message numerus="yes">
        <source>%n tensor(s), %1 parameters, %2</source>
        <translation>
            <numerusform>%n tensor, %1 parameters, %2</numerusform>
            <numerusform>%n tensors, %1 parameters, %2</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 parameters in %n tensor(s), %3.</source>
        <translation>
            <numerusform>%1: %2 parameters in %n tensor, %3.</numerusform>
            <numerusform>%1: %2 parameters in %n tensors, %3.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::OpenDialog</name>
    <message numerus="yes">
        <source>%n model(s); nothing is copied or changed</source>
        <translation>
            <numerusform>%n model; nothing is copied or changed</numerusform>
            <numerusform>%n models; nothing is copied or changed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::SamplerModel</name>
    <message numerus="yes">
        <source>%n token(s) biased</source>
        <translation>
            <numerusform>%n token biased</numerusform>
            <numerusform>%n tokens biased</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sequence(s)</source>
        <translation>
            <numerusform>%n sequence</numerusform>
            <numerusform>%n sequences</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>last %n token(s)</source>
        <translation>
            <numerusform>last %n token</numerusform>
            <numerusform>last %n tokens</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n token(s) would have changed</source>
        <translation>
            <numerusform>%1 of %n token would have changed</numerusform>
            <numerusform>%1 of %n tokens would have changed</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Sampler: %n stage(s) for the next answer</source>
        <translation>
            <numerusform>Sampler: %n stage for the next answer</numerusform>
            <numerusform>Sampler: %n stages for the next answer</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::SessionDetail</name>
    <message numerus="yes">
        <source>%Ln message(s)</source>
        <translation>
            <numerusform>%Ln message</numerusform>
            <numerusform>%Ln messages</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::SessionsModel</name>
    <message numerus="yes">
        <source>%Ln token(s)</source>
        <translation>
            <numerusform>%Ln token</numerusform>
            <numerusform>%Ln tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::SessionsPanel</name>
    <message numerus="yes">
        <source>Delete %Ln session(s)</source>
        <translation>
            <numerusform>Delete %Ln session</numerusform>
            <numerusform>Delete %Ln sessions</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln session(s) imported</source>
        <translation>
            <numerusform>%Ln session imported</numerusform>
            <numerusform>%Ln sessions imported</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::StripBar</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::TensorTreeModel</name>
    <message numerus="yes">
        <source>%n alike</source>
        <translation>
            <numerusform>%n alike</numerusform>
            <numerusform>%n alike</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::TopBar</name>
    <message numerus="yes">
        <source>%1, %n thread(s)</source>
        <translation>
            <numerusform>%1, %n thread</numerusform>
            <numerusform>%1, %n threads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::TurnView</name>
    <message numerus="yes">
        <source>%n token(s)</source>
        <translation>
            <numerusform>%n token</numerusform>
            <numerusform>%n tokens</numerusform>
        </translation>
    </message>
</context>
</TS>
