"""The figure of who appears where in an article, by name or otherwise."""

from __future__ import annotations

from textwrap import wrap

from matplotlib.figure import Figure

from whipcount.examples.pairs import mentions_by_sentence
from whipcount.rendering.plots import BLACK, BLUE, ORANGE, new_figure, plain
from whipcount.schema import Article

SENTENCE_INCHES = 0.3
ACTOR_INCHES = 0.27
OTHERWISE = "only otherwise: pronoun, description, part of a longer name"


def plot_presence(article: Article) -> Figure:
    """Draw which sentence mentions whom: a full square where a name does, a ring where only other words do.

    The names are those that ``reading.find_mentions`` finds; rings (pronouns, descriptions, a name inside another's, as
    Labour in "Labour MPs") need an annotated article.
    At the right stands in how many of the sentences that mention the actor a name does.
    """
    named = [{mention.actor for mention in mentions} for mentions in mentions_by_sentence(article)]
    other = [
        {m.actor for m in article.annotated_mentions if span.start_char <= m.start_char and m.end_char <= span.end_char} - named[sentence]
        for sentence, span in enumerate(article.sentences)
    ]
    n_sentences, n_actors = len(article.sentences), len(article.actors)
    figure = new_figure(4.2 + SENTENCE_INCHES * max(n_sentences, 10), 1.9 + ACTOR_INCHES * max(n_actors, 2))
    axes = figure.add_subplot()
    labels = []
    for place, actor in enumerate(article.actors):
        by_name = [sentence for sentence in range(n_sentences) if actor.id in named[sentence]]
        otherwise = [sentence for sentence in range(n_sentences) if actor.id in other[sentence]]
        axes.plot(by_name, [place] * len(by_name), "s", color=BLUE, markersize=8)
        axes.plot(otherwise, [place] * len(otherwise), "o", color="white", markeredgecolor=ORANGE, markeredgewidth=2, markersize=8)
        text = f"{len(by_name)} / {len(by_name) + len(otherwise)}"
        axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), fontsize=8, va="center")
        labels.append("\n".join(wrap(actor.name, 34, max_lines=2, placeholder=" …")) or actor.name)
    axes.text(1.02, 1.0, "by name / all", transform=axes.transAxes, fontsize=8, va="bottom", color="#333333")
    axes.plot([], [], "s", color=BLUE, markersize=8, label="by a name")
    axes.plot([], [], "o", color="white", markeredgecolor=ORANGE, markeredgewidth=2, markersize=8, label=OTHERWISE)
    axes.set_yticks(range(n_actors), [plain(label) for label in labels], fontsize=9)
    axes.set_ylim(max(n_actors, 2) - 0.4, -0.6)
    step = max(1, n_sentences // 25)
    axes.set_xticks(range(0, n_sentences, step), [str(sentence) for sentence in range(0, n_sentences, step)], fontsize=9)
    axes.set_xlim(-0.6, n_sentences - 0.4)
    axes.set_xlabel("sentence, counted from 0", fontsize=9, color=BLACK)
    axes.tick_params(length=0)
    axes.grid(color="#E5E5E5", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    figure.suptitle(
        f"Which sentence mentions whom, and would a\nsearch for names find it? ({plain(article.key)})", fontsize=11, x=0.01, ha="left"
    )
    return figure
