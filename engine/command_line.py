import argparse, sys
from engine.recipes.run import train_recipe
from engine.training import *
from tqdm import tqdm
def main():
    p=argparse.ArgumentParser(); s=p.add_subparsers(dest='c'); t=s.add_parser('train'); t.add_argument('--recipe'); t.add_argument('--output'); t.add_argument('--resume',action='store_true'); t.add_argument('--set',action='append',default=[])
    a=p.parse_args()
    ov={k:(int(v) if v.isdigit() else v) for k,v in (x.split('=') for x in a.set)}
    for e in train_recipe(a.recipe,a.output,a.resume,ov): print(e,flush=True)
    return 0
